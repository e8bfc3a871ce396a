using Model.Domains;

namespace Model.Rings;

/// <summary>
/// The micro-steps of ring protection, written once: what a guest's instructions do on the processor, and what Xen does for it.
/// </summary>
/// <remarks>
/// Every step returns its guard; where the guard is false the step changes nothing and nothing may be concluded from it.
/// The words a step needs to know are parameters, never searched for. A re-made fault is a subclass that gets one
/// predicate wrong.
/// </remarks>
public partial class RingSteps<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state)
    : RingVocabulary<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>The address is the last that the guest accessed, or Xen for it.</summary>
    private void Reach(Bit when, Word v, Word a)
    {
        s.Reached.Clear(when, v, Every);
        s.Reached.Set(when, v, a);
    }
}
