using System.Runtime.CompilerServices;

namespace Model.Domains;

/// <summary>The few words of logic that every part of the model is written in.</summary>
public abstract class Logic<Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
{
    /// <summary>In the place of a word: whatever it is.</summary>
    protected static Word? Every => null;

    protected static Bit True => Bit.Of(true);

    protected static Bit False => Bit.Of(false);

    /// <summary>The second bit holds wherever the first does.</summary>
    protected static Bit Implies(Bit a, Bit b) => !a | b;

    /// <summary>Both bits hold, or neither.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected static Bit Same(Bit a, Bit b) => (a & b) | (!a & !b);
}
