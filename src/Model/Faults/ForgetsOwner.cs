using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>An audit does not ask whose the target is.</summary>
internal sealed class ForgetsOwner<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected internal override Bit MayReach(Word table, Word target) => True;
}
