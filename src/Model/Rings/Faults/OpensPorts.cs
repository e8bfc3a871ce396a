using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>An instruction on ports is carried out at any level.</summary>
internal sealed class OpensPorts<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayUsePorts(Word v) => True;
}
