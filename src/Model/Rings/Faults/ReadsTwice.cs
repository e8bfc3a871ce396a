using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>The level in an iret frame is read again after it was looked at.</summary>
internal sealed class ReadsTwice<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Word LevelTaken(Word ring, Word again) => again;
}
