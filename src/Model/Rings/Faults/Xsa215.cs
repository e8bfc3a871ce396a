using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-215 (2017): only the beginning of a bounce frame is looked at, and it grows down into Xen's addresses.</summary>
internal sealed class Xsa215<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit IsClear(Word stack, Word low) => !s.XensAddress[stack];
}
