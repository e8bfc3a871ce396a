using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>The iret hypercall resumes the guest at the level that its frame says.</summary>
internal sealed class KeepsRpl<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayResumeAt(Word v, Word ring) => True;
}
