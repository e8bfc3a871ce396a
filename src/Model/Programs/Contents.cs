using Model.Domains.Concrete;
using static Model.EntryFlags;

namespace Model.Programs;

/// <summary>Entries as requests carry them, and as steps read them.</summary>
internal static class Contents
{
    /// <summary>The word for a target that is all ones, as INVALID_MFN reads in an entry.</summary>
    public const int AllOnes = int.MaxValue - 1;

    /// <summary>The word for any other target that is beyond what words reach, and beyond every machine.</summary>
    private const int Nowhere = int.MaxValue - 2;

    private const ulong AllOnesInAnEntry = 0xff_ffff_ffff;

    /// <summary>The entry, term by term.</summary>
    public static ConcreteContent Of(Entry e) => e.IsPresent
        ? new(
            Present: true,
            Target: e.Target.Value < Nowhere ? (int)e.Target.Value : e.Target.Value == AllOnesInAnEntry ? AllOnes : Nowhere,
            Writable: e.Has(Writable),
            User: e.Has(User),
            Superpage: e.Has(Superpage),
            Cache: e.Has(Cache),
            Reserved: e.Has(Disallowed),
            Global: e.Has(Global),
            NoExecute: e.Has(NoExecute),
            Accessed: e.Has(Accessed),
            Dirty: e.Has(Dirty),
            GuestKernel: e.Has(GuestKernel),
            Available: e.Has(Available))
        : default;

    /// <summary>The entry as a caller sees it.</summary>
    public static Entry ToEntry(in ConcreteContent e) => e.Present
        ? new(
            new((ulong)e.Target.Value),
            Present
            | If(e.Writable, Writable)
            | If(e.User, User)
            | If(e.Superpage, Superpage)
            | If(e.Cache, Cache)
            | If(e.Reserved, Disallowed)
            | If(e.Global, Global)
            | If(e.NoExecute, NoExecute)
            | If(e.Accessed, Accessed)
            | If(e.Dirty, Dirty)
            | If(e.GuestKernel, GuestKernel)
            | If(e.Available, Available))
        : default;

    private static EntryFlags If(Truth bit, EntryFlags flag) => bit ? flag : None;
}
