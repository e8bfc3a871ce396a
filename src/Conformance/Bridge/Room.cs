namespace Conformance.Bridge;

/// <summary>What a request for frames has room for.</summary>
/// <param name="Done">extents that an earlier part of the call has done</param>
/// <param name="Count">extents asked for, those included</param>
/// <param name="Order">an extent is two to this power of frames</param>
internal readonly record struct Room(ulong Done, ulong Count, int Order)
{
    /// <summary>Frames that can have been given: those of the extents that are told, and of one that could not be told any more.</summary>
    /// <param name="answer">the extents told, earlier ones included</param>
    public int Most(long answer)
    {
        if (Count <= Done) return 0;
        ulong extents = answer < (long)Done ? 0 : Math.Min((ulong)answer + 1, Count) - Done;
        return (int)Math.Min(extents << Order, int.MaxValue);
    }
}
