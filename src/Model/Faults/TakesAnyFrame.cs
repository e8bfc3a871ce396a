using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A reference is taken to a frame of any owner.</summary>
internal sealed class TakesAnyFrame<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected internal override Bit MayTake(Word v, Word f) => True;
}
