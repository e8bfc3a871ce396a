using Model.Domains;

namespace Checking.Refuting.Finite;

/// <summary>A function with a word for every argument.</summary>
internal readonly struct FiniteMap(Course course, FiniteWord[] values) : IMap<FiniteMap, Formula, FiniteWord>
{
    /// <summary>Argument by argument; empty if the values are not kept track of.</summary>
    public Span<FiniteWord> Values => values;

    public FiniteWord this[FiniteWord at]
    {
        get
        {
            ReadOnlySpan<(int Value, Formula When)> cases = at.Cases;
            if (cases.Length == 0 || values.Length == 0) return default;

            FiniteWord value = values[cases[^1].Value];
            for (int i = cases.Length - 2; i >= 0; i--) value = FiniteWord.If(cases[i].When, values[cases[i].Value], value);
            return value;
        }
    }

    public void Assign(Formula when, FiniteWord at, FiniteWord value)
    {
        if (values.Length == 0) return;

        Formula may = course.Condition(when);
        foreach ((int argument, Formula isArgument) in at.Cases)
            values[argument] = FiniteWord.If(may & isArgument, value, values[argument]);
    }

    public FiniteMap Copy() => new(course, (FiniteWord[])values.Clone());
}
