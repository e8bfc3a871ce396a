namespace Model.Domains;

/// <summary>A truth value: a Boolean of the machine, or a term of a solver.</summary>
public interface IBit<Bit> where Bit : struct, IBit<Bit>
{
    /// <summary>The constant.</summary>
    static abstract Bit Of(bool value);

    static abstract Bit operator &(Bit a, Bit b);

    static abstract Bit operator |(Bit a, Bit b);

    static abstract Bit operator !(Bit a);

    /// <summary>Whether this is known to be false, so that nothing more need be computed. A term is never known.</summary>
    bool Never { get; }
}
