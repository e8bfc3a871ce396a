using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-298 (2019): a call gate is read from beyond the limit of the table.</summary>
internal sealed class Xsa298<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayConsult(Word v, Word p) => !s.XensPosition[p];
}
