using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-7 (2012): SYSRET is taken to an address that it faults at, on the guest's stack.</summary>
internal sealed class Xsa7<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MaySysret(Word v) => True;
}
