using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-8 (2012), and again XSA-339 (2020): the record of an exception stays when it has been delivered.</summary>
internal sealed class Xsa8<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit Consumes(Word v) => False;
}
