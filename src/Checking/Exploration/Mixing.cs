using System.Runtime.CompilerServices;

namespace Checking.Exploration;

/// <summary>A bijection on the numbers of a given number of bits that spreads what lies close together: two rounds of
/// xor-shift and odd multiplication, as in MurmurHash3's finalizer, each step invertible modulo a power of two.</summary>
internal readonly struct Mixing
{
    private const ulong First = 0xff51afd7ed558ccd, Second = 0x9E3779B97F4A7C15;
    private static readonly ulong s_firstInverse = Inverse(First), s_secondInverse = Inverse(Second);

    private readonly int _unused, _half;
    private readonly ulong _mask;

    /// <param name="bits">1 to 64</param>
    public Mixing(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        _unused = 64 - bits;
        _half = (bits + 1) / 2; // A shift by half the width or more undoes itself.
        _mask = ulong.MaxValue >> _unused;
    }

    /// <summary>The mixed value, in the leading bits of the word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong Mix(ulong value)
    {
        value ^= value >> _half;
        value = (value * First) & _mask;
        value ^= value >> _half;
        return (value * Second) << _unused;
    }

    public ulong Unmix(ulong mixed)
    {
        ulong value = ((mixed >> _unused) * s_secondInverse) & _mask;
        value ^= value >> _half;
        value = (value * s_firstInverse) & _mask;
        return value ^ (value >> _half);
    }

    // Newton's iteration doubles the right low bits: 3, 6, 12, 24, 48, 96.
    private static ulong Inverse(ulong odd)
    {
        ulong inverse = odd;
        for (int i = 0; i < 5; i++) inverse *= 2 - odd * inverse;
        return inverse;
    }
}
