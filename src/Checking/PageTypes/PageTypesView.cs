using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>A state of the small model with names to its parts, for reports.</summary>
internal sealed record PageTypesView(IReadOnlyList<FrameOfView> Frames, IReadOnlyList<DomainOfView> Domains);

internal sealed record FrameOfView(int Owner, PageUse Use, int Count, bool IsPinned, IReadOnlyList<EntryOfView> Entries);

/// <param name="Target">the frame it names, or null</param>
internal readonly record struct EntryOfView(int? Target, bool IsWritable)
{
    public override string ToString() => Target is { } f ? $"mfn:{f} {(IsWritable ? "rw" : "r-")}" : "0";
}

internal sealed record DomainOfView(int? Root, IReadOnlyList<int> Cached);
