using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-44 (2013): SYSENTER leaves NT as the guest had it, and IRET faults.</summary>
internal sealed class Xsa44<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit KeepsNested(Word v) => s.Nested[v];
}
