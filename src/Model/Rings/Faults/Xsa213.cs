using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-213 (2017): a batch of hypercalls goes on after one of them has left the kernel.</summary>
internal sealed class Xsa213<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit EndsBatch(Word v) => False;
}
