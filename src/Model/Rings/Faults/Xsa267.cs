using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-267 (2018): floating-point registers stay in the processor until they are first used.</summary>
internal sealed class Xsa267<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit LoadsFpu(Word v) => False;
}
