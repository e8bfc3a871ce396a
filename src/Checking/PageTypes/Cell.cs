using System.Runtime.CompilerServices;

namespace Checking.PageTypes;

/// <summary>Bit fields of a packed state.</summary>
/// <remarks>The compiler inlines by the size of the text, so what only wide states need stands apart.</remarks>
internal static unsafe class Cell<TShape> where TShape : struct, IShape
{
    /// <summary>The field of <paramref name="width"/> bits, fewer than 64, that begins at bit <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read(ulong* cell, uint at, int width) =>
        Layout<TShape>.Bits <= 64 ? *cell >> (int)at & ((1UL << width) - 1) : ReadWide(cell, (int)at, width);

    /// <summary>Writes what fits into the field; a count that a faulty step drives out of its range wraps around.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(ulong* cell, uint at, int width, ulong value)
    {
        ulong mask = (1UL << width) - 1;
        if (Layout<TShape>.Bits <= 64) *cell = *cell & ~(mask << (int)at) | (value & mask) << (int)at;
        else WriteWide(cell, (int)at, width, value & mask);
    }

    private static ulong ReadWide(ulong* cell, int at, int width)
    {
        ulong* word = cell + (at >> 6);
        ulong low = *word >> at;
        return ((at & 63) + width <= 64 ? low : low | word[1] << -at) & ((1UL << width) - 1);
    }

    private static void WriteWide(ulong* cell, int at, int width, ulong value)
    {
        ulong mask = (1UL << width) - 1;
        ulong* word = cell + (at >> 6);
        *word = *word & ~(mask << at) | value << at;
        if ((at & 63) + width > 64) word[1] = word[1] & ~(mask >> -at) | value >> -at;
    }
}
