using Model.Domains;
using Model.State;

namespace Model.Steps;

/// <summary>
/// The micro-steps of memory isolation, written once: a guard, then one update, and what is not named is unchanged.
/// </summary>
/// <remarks>
/// Every step returns its guard; where the guard is false the step changes nothing and nothing may be concluded from it.
/// The words a step needs to know are parameters, never searched for. A re-made fault is a subclass that gets one
/// predicate wrong; a subclass may also listen to which steps are taken, and with which words.
/// </remarks>
public partial class Steps<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state)
    : Vocabulary<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>One more reference to the frame.</summary>
    [Clause("D-11")]
    protected virtual void Count(Bit when, Word f) => s.RefCount.Assign(when, f, s.RefCount[f] + One);

    /// <summary>One reference to the frame fewer.</summary>
    protected virtual void Discount(Bit when, Word f) => s.RefCount.Assign(when, f, s.RefCount[f] - One);

    /// <summary>One more that holds the frame in its type.</summary>
    protected virtual void CountType(Bit when, Word f) => s.TypeCount.Assign(when, f, s.TypeCount[f] + One);

    /// <summary>One fewer that holds the frame in its type.</summary>
    protected virtual void DiscountType(Bit when, Word f) => s.TypeCount.Assign(when, f, s.TypeCount[f] - One);
}
