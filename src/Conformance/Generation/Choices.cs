namespace Conformance.Generation;

/// <summary>A stream of choices that is a function of its seed: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).</summary>
internal struct Choices(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        unchecked
        {
            ulong z = _state += 0x9e37_79b9_7f4a_7c15;
            z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
            z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
            return z ^ (z >> 31);
        }
    }

    /// <summary>0 .. below-1, all equally likely but for a part in 2^32.</summary>
    public int Below(int below) => (int)(((Next() >> 32) * (ulong)below) >> 32);

    public bool Percent(int chance) => Below(100) < chance;

    public T Of<T>(ReadOnlySpan<T> values) => values[Below(values.Length)];
}
