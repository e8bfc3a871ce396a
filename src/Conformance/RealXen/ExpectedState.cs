using Conformance.Scripts;

namespace Conformance.RealXen;

/// <summary>What is readable of a stage at the end of a script, in the form in which the guest tells it.</summary>
/// <param name="Words">frame, slot and value of every word that is not 0, then the slots of the root</param>
/// <param name="Facts">of each frame of the pool, then of the root</param>
internal sealed record ExpectedState(IReadOnlyList<(int Frame, int Slot, ulong Value)> Words, IReadOnlyList<(ulong Facts, ulong Physical)> Facts)
{
    /// <summary>Bits of the facts: the domain can map the frame, can map it writable, could unpin it.</summary>
    public const ulong Readable = 1, Writable = 2, Pinned = 4;

    /// <summary>Adds everything to a hash, in the order in which the guest does.</summary>
    public ulong AddTo(ulong hash)
    {
        foreach ((int frame, int slot, ulong value) in Words)
            hash = frame == StageFrame.Root ? Mix(hash, value) : Mix(Mix(hash, (ulong)slot + 1), value);
        foreach ((ulong facts, ulong physical) in Facts) hash = Mix(Mix(hash, facts), physical);
        return hash;
    }

    public static ulong Mix(ulong hash, ulong word)
    {
        hash = unchecked((hash ^ word) * 0x9e37_79b9_7f4a_7c15);
        return hash ^ (hash >> 29);
    }
}
