using Model.Domains;
using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>The bits of a packed state of one shape, worked out once from the declared ranges.</summary>
/// <remarks>
/// What is declared later is more significant. First what names frames, then what is said of each frame without naming another:
/// so the least state of an orbit has its frames sorted by the latter (<see cref="Orbits{TShape}"/>).
/// </remarks>
internal static class Layout<TShape> where TShape : struct, IShape
{
    public const int Domains = 2;

    public static readonly ulong Entry;
    public static readonly ulong Root;
    public static readonly ulong Writable;
    public static readonly ulong Cached;
    public static readonly ulong Pinned;
    public static readonly ulong Count;
    public static readonly ulong Use;
    public static readonly ulong Owner;
    public static readonly int Bits;

    static Layout()
    {
        LayoutBuilder layout = new(sort => sort switch
        {
            Sort.Frame => TShape.Frames,
            Sort.Slot => TShape.Slots,
            Sort.Domain => Domains,
            _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "no relation has a column of this sort"),
        });
        Entry = layout.AtMostOne(Sort.Frame, Sort.Slot, Sort.Frame);
        Root = layout.AtMostOne(Sort.Domain, Sort.Frame);
        Writable = layout.Relation(Sort.Frame, Sort.Slot);
        Cached = layout.Relation(Sort.Domain, Sort.Frame);
        Pinned = layout.Relation(Sort.Frame);
        Count = layout.Map(Sort.Frame, MostHolders);
        Use = layout.Map(Sort.Frame, (int)PageUse.Writable);
        Owner = layout.Map(Sort.Frame, Domains - 1);
        Bits = layout.Bits;
    }

    /// <summary>64-bit words of a state.</summary>
    public static int Words => (Bits + 63) / 64;

    /// <summary>A table is held by its pin and by roots; writable memory by entries of other frames.</summary>
    private static int MostHolders => Math.Max(1 + Domains, TShape.Slots * (TShape.Frames - 1));
}
