using Model.Domains;

namespace Model.PageTypes;

/// <summary>The planted mistake: a frame changes its use, or its owner, and processors keep what they cached of it.</summary>
public sealed class ForgetsToFlush<State, Bit, Word, Relation, Map>(State state) : PageTypeSteps<State, Bit, Word, Relation, Map>(state)
    where State : struct, IPageTypeState<Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override void Forget(Bit when, Word f)
    {
    }
}
