using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A type reference is dropped and not counted down.</summary>
internal sealed class LeaksTypeReferences<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override void DiscountType(Bit when, Word f)
    {
    }
}
