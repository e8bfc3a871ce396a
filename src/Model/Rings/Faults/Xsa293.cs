using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-293 (2019): what the guest's kernel writes to CR4 does not reach the processor's.</summary>
internal sealed class Xsa293<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit Reaches(Bit on) => on;
}
