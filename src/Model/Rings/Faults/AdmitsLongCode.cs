using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>A 32-bit guest gets a segment of 64-bit code.</summary>
internal sealed class AdmitsLongCode<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit Admits(Word v, Word ring, Bit code, Bit data, Bit gate, Bit isLong) =>
        base.Admits(v, ring, code, data, gate, False);
}
