using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A validation is aborted while entries are still audited.</summary>
internal sealed class AbortsHalfway<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayAbort(Word f) => True;
}
