using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-265 (2018): debug status that the guest can set decides that Xen is at fault.</summary>
internal sealed class Xsa265<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit IsFatal(Word v) => s.Status[v];
}
