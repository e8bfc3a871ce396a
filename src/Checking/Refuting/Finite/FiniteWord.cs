using Model.Domains;

namespace Checking.Refuting.Finite;

/// <summary>A word that is one of a few values, each under a formula; exactly one of the formulas holds.</summary>
internal readonly struct FiniteWord : IWord<FiniteWord, Formula>
{
    private readonly (int Value, Formula When)[]? _cases;

    /// <param name="cases">in the order of the values; those that never hold may be left out</param>
    public FiniteWord(params (int Value, Formula When)[] cases) => _cases = cases;

    public ReadOnlySpan<(int Value, Formula When)> Cases => _cases;

    public static FiniteWord Literal(Sort sort, int value) => new((value, Formula.Of(true)));

    public static FiniteWord One(Formula bit) => new((0, !bit), (1, bit));

    public static Formula operator ==(FiniteWord a, FiniteWord b)
    {
        Formula equal = Formula.Of(false);
        int i = 0, j = 0;
        while (i < a.Cases.Length && j < b.Cases.Length)
        {
            int order = a.Cases[i].Value.CompareTo(b.Cases[j].Value);
            if (order == 0) equal |= a.Cases[i].When & b.Cases[j].When;
            if (order <= 0) i++;
            if (order >= 0) j++;
        }

        return equal;
    }

    public static Formula operator !=(FiniteWord a, FiniteWord b) => !(a == b);

    public static FiniteWord operator +(FiniteWord a, FiniteWord b) => Combine(a, b, (x, y) => x + y);

    public static FiniteWord operator -(FiniteWord a, FiniteWord b) => Combine(a, b, (x, y) => x - y);

    /// <summary>The one or the other.</summary>
    public static FiniteWord If(Formula when, FiniteWord then, FiniteWord otherwise)
    {
        if (when.Always) return then;
        if (when.Never) return otherwise;

        SortedDictionary<int, Formula> cases = [];
        foreach ((int value, Formula holds) in then.Cases) cases[value] = when & holds;
        foreach ((int value, Formula holds) in otherwise.Cases)
        {
            cases[value] = cases.TryGetValue(value, out _)
                ? Formula.If(when, then.Is(value), holds)
                : !when & holds;
        }

        return Of(cases);
    }

    /// <summary>The word is the value.</summary>
    public Formula Is(int value)
    {
        foreach ((int each, Formula when) in Cases)
        {
            if (each == value) return when;
        }

        return Formula.Of(false);
    }

    /// <summary>The same word whatever holds: value by value the same formula.</summary>
    public bool IsIdentical(FiniteWord other)
    {
        if (_cases == other._cases) return true;
        if (Cases.Length != other.Cases.Length) return false;

        for (int i = 0; i < Cases.Length; i++)
        {
            if (Cases[i].Value != other.Cases[i].Value || Cases[i].When.Literal != other.Cases[i].When.Literal) return false;
        }

        return true;
    }

    public override bool Equals(object? obj) => obj is FiniteWord other && IsIdentical(other);

    public override int GetHashCode() => Cases.Length == 0 ? 0 : HashCode.Combine(Cases.Length, Cases[0].Value, Cases[0].When.Literal);

    private static FiniteWord Combine(FiniteWord a, FiniteWord b, Func<int, int, int> number)
    {
        SortedDictionary<int, Formula> cases = [];
        foreach ((int x, Formula isX) in a.Cases)
        {
            foreach ((int y, Formula isY) in b.Cases)
            {
                int sum = number(x, y);
                cases[sum] = cases.GetValueOrDefault(sum) | (isX & isY);
            }
        }

        return Of(cases);
    }

    private static FiniteWord Of(SortedDictionary<int, Formula> cases) =>
        new([.. cases.Where(c => !c.Value.Never).Select(c => (c.Key, c.Value))]);
}
