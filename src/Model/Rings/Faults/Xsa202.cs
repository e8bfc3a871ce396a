using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-202 (2016): the flags that emulation left in the frame are what the guest goes on with.</summary>
internal sealed class Xsa202<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override void Straighten(Bit when, Word v)
    {
        s.RealIopl.Clear(when, v);
        s.Virtual8086.Clear(when, v);
    }
}
