using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>INT raises a vector that is not open to user code.</summary>
internal sealed class RaisesAnyVector<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayRaise(Word v, Word n) => True;
}
