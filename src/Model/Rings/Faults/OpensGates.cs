using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>A call gate keeps the level that the guest gave it, and the processor takes it.</summary>
internal sealed class OpensGates<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit Admits(Word v, Word ring, Bit code, Bit data, Bit gate, Bit isLong) =>
        base.Admits(v, ring, code, data, False, isLong);
}
