using System.Runtime.CompilerServices;

namespace Checking.PageTypes;

/// <summary>Bit fields of a packed state.</summary>
internal static unsafe class Cell<TShape> where TShape : struct, IShape
{
    /// <summary>The field of <paramref name="width"/> bits, fewer than 64, that begins at bit <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ulong* cell, int at, int width)
    {
        ulong mask = (1UL << width) - 1;
        if (Layout<TShape>.Bits <= 64) return *cell >> at & mask;

        ulong* word = cell + (at >> 6);
        ulong low = *word >> at;
        return ((at & 63) + width <= 64 ? low : low | word[1] << -at) & mask;
    }

    /// <summary>Writes what fits into the field; a count that a faulty step drives out of its range wraps around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ulong* cell, int at, int width, ulong value)
    {
        ulong mask = (1UL << width) - 1;
        value &= mask;
        if (Layout<TShape>.Bits <= 64)
        {
            *cell = *cell & ~(mask << at) | value << at;
            return;
        }

        ulong* word = cell + (at >> 6);
        *word = *word & ~(mask << at) | value << at;
        if ((at & 63) + width > 64) word[1] = word[1] & ~(mask >> -at) | value >> -at;
    }
}
