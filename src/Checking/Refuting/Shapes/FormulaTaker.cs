using Checking.Refuting.Finite;
using Model;
using Model.Steps;

namespace Checking.Refuting.Shapes;

/// <summary>Steps whose arguments are left open: an argument is the number of a word.</summary>
internal sealed class FormulaTaker(Func<Kind, int, FiniteWord> word) : Taker<Formula, FiniteWord, FiniteRelation, FiniteMap>
{
    /// <summary>Takes the step for certain: what it changes is changed, in case its guard holds.</summary>
    /// <returns>its guard</returns>
    public Formula Assume(Course course, Steps<Formula, FiniteWord, FiniteRelation, FiniteMap> steps, StepForm form, ReadOnlySpan<int> arguments)
    {
        course.IsAsking = true;
        Formula guard = Take(steps, form, arguments);
        course.IsAsking = false;
        if (guard.Never) return guard;

        course.Assumed = guard;
        Take(steps, form, arguments);
        course.Assumed = Formula.Of(true);
        return guard;
    }

    protected override FiniteWord AsWord(Kind kind, int argument) => word(kind, argument);

    protected override Formula AsBit(int argument) => word(Kind.Truth, argument).Is(1);

    protected override Formula Has(int argument, EntryFlags flag)
    {
        Formula has = Formula.Of(false);
        foreach ((int flags, Formula when) in word(Kind.Flags, argument).Cases)
        {
            if (((EntryFlags)flags).HasFlag(flag)) has |= when;
        }

        return has;
    }
}
