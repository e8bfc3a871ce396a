namespace Implementation.Tests.Oracle;

/// <summary>SplitMix64: a small generator whose stream is ours, so that a seed means the same on every runtime.</summary>
internal struct Dice(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Values at which carries, signs, widths and canonicality change.</summary>
    private static readonly ulong[] _boundaries =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 63, 64, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x1_0000, 0x7fff_ffff,
        0x8000_0000, 0xffff_ffff, 0x1_0000_0000, 0x7fff_ffff_ffff, 0x8000_0000_0000, 0x7fff_ffff_ffff_ffff,
        0x8000_0000_0000_0000, 0xffff_8000_0000_0000, 0xffff_ffff_8000_0000, 0xffff_ffff_ffff_fffe, ulong.MaxValue,
    ];

    /// <summary>The generator of one case of one seed.</summary>
    internal static Dice Of(ulong seed, ulong index)
    {
        var seeds = new Dice(seed);
        return new Dice(seeds.Next() ^ new Dice(index).Next());
    }

    internal ulong Next()
    {
        unchecked
        {
            ulong z = _state += 0x9e37_79b9_7f4a_7c15;
            z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A number below <paramref name="limit"/>.</summary>
    internal int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>True in <paramref name="percent"/> of a hundred throws.</summary>
    internal bool Chance(int percent) => Below(100) < percent;

    internal T Pick<T>(ReadOnlySpan<T> from) => from[Below(from.Length)];

    /// <summary>A 64-bit value that is often small, at a boundary or next to one.</summary>
    internal ulong Value() => Below(8) switch
    {
        0 or 1 => Next(),
        2 => Next() >> Below(64),
        3 => unchecked(0UL - (Next() >> Below(64))),
        4 => (ulong)Below(20),
        5 => unchecked(Pick<ulong>(_boundaries) + (ulong)Below(5) - 2),
        6 => unchecked(Pick<ulong>(_boundaries) | (Next() << 32)),
        _ => Pick<ulong>(_boundaries),
    };

    internal void Fill(Span<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            BitConverter.TryWriteBytes(bytes, Value());
            bytes = bytes[8..];
        }

        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)Next();
    }
}
