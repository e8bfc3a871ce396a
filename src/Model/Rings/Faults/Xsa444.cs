using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-444 (2023): a breakpoint may be at an address of Xen's.</summary>
internal sealed class Xsa444<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayWatch(Word a) => True;
}
