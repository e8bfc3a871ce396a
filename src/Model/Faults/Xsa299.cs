using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-299 (2019): a validation that stopped halfway is taken for a whole one.</summary>
/// <remarks>An entry that was never audited is then live.</remarks>
internal sealed class Xsa299<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayFinish(Word f) => True;
}
