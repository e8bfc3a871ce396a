namespace Model.Domains;

/// <summary>A truth value: a Boolean of the machine, or a term of a solver.</summary>
public interface IBit<Bit> where Bit : struct, IBit<Bit>
{
    /// <summary>The constant.</summary>
    static abstract Bit Of(bool value);

    static abstract Bit operator &(Bit a, Bit b);

    static abstract Bit operator |(Bit a, Bit b);

    static abstract Bit operator !(Bit a);

    /// <summary>Lets <c>a || b</c> be read as "or": the second bit is left out where the first is known to be true.</summary>
    static virtual bool operator true(Bit a) => false;

    /// <summary>Lets <c>a &amp;&amp; b</c> be read as "and": the second bit is left out where the first is known to be false.</summary>
    static virtual bool operator false(Bit a) => a.Never;

    /// <summary>Whether this is known to be false, so that nothing more need be computed. A term is never known.</summary>
    bool Never { get; }
}
