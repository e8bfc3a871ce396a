using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A frame is allocated with what its former owner left in it.</summary>
internal sealed class NeverScrubs<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override void Scrub(Bit when, Word f)
    {
    }
}
