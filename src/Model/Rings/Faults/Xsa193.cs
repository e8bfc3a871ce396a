using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-193 (2016): a segment base that is not canonical is kept, and loaded when the vCPU is next scheduled.</summary>
internal sealed class Xsa193<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit IsBase(Word a) => True;
}
