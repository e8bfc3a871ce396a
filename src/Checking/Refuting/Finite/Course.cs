namespace Checking.Refuting.Finite;

/// <summary>How the relations and functions of one state take a step that is known to be taken.</summary>
/// <remarks>
/// A step's guard is first asked for, then assumed: what follows need not carry it along, and the guards of a whole
/// request stand beside the state that it leads to.
/// </remarks>
internal sealed class Course
{
    /// <summary>Nothing is to change: a step is only asked for its guard.</summary>
    public bool IsAsking { get; set; }

    /// <summary>Holds from here on.</summary>
    public Formula Assumed { get; set; } = Formula.Of(true);

    /// <summary>The condition of an assignment, as far as it is not known to hold.</summary>
    public Formula Condition(Formula when) => IsAsking ? Formula.Of(false) : when.Given(Assumed);
}
