using System.Numerics;

namespace Model.Rings;

/// <summary>Some of the micro-steps of ring protection.</summary>
/// <param name="Bits">a bit for each <see cref="RingStep"/></param>
public readonly record struct RingStepSet(ulong Bits)
{
    /// <summary>How many they are.</summary>
    public int Count => BitOperations.PopCount(Bits);

    public static RingStepSet operator |(RingStepSet a, RingStepSet b) => new(a.Bits | b.Bits);

    public bool Contains(RingStep step) => (Bits >> (int)step & 1) != 0;

    /// <summary>The same and one more.</summary>
    public RingStepSet With(RingStep step) => new(Bits | 1UL << (int)step);
}
