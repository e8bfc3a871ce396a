using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-136 (2015): the frame of an iret hypercall is gone through the wrong way, and there is no end to it.</summary>
internal sealed class Xsa136<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit GoesOn(Word v, Word a, Word b) => s.Next[b, a];
}
