using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A refused request keeps the reference that it took.</summary>
internal sealed class NeverDrops<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    public override Bit Drop(Word v, Word f) => s.Taken[v, f];
}
