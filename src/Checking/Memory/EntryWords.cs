using Model;
using static Model.EntryFlags;

namespace Checking.Memory;

/// <summary>Entries that a scope offers, and how traces show them.</summary>
internal static class EntryWords
{
    /// <summary>
    /// The bits that every entry of a scope has. Xen adjusts live entries (PT-21); with these set already it adjusts nothing,
    /// so that entries differ only in what an audit looks at.
    /// </summary>
    private const EntryFlags Always = Present | User | Accessed | GuestKernel;

    public static Entry ReadOnly(Mfn target) => new(target, Always);

    public static Entry ReadWrite(Mfn target) => new(target, Always | Writable);

    public static Entry Superpage(Mfn target) => new(target, Always | Writable | EntryFlags.Superpage);

    /// <summary>The entry that a number of <see cref="CellSort.Content"/> stands for.</summary>
    public static Entry Unpacked(ulong content) => content == 0
        ? default
        : new(new((content >> 2) - 1), Always | ((content & 1) != 0 ? Writable : None) | ((content & 2) != 0 ? EntryFlags.Superpage : None));

    /// <summary>"mfn:4 rw", "mfn:4 rw PSE", or two dots for an absent entry.</summary>
    public static string Of(Entry e) => e.Has(EntryFlags.Superpage) ? $"{e} PSE" : e.ToString();
}
