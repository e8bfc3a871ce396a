namespace Conformance.Watch;

/// <summary>What a frame is in use as; the vocabulary in which hypervisor and model are compared.</summary>
public enum Use { None, Writable, L1, L2, L3, L4, SegDesc }

/// <summary>All that both sides know of one frame. The sides agree when these are equal.</summary>
/// <param name="Owner">domain that owns the frame; <see cref="Free"/> for none, <see cref="Xen"/> for Xen's own</param>
/// <param name="Type">what the frame is in use as</param>
/// <param name="TypeCount">uses of that type</param>
/// <param name="References">Xen's general count</param>
/// <param name="IsPinned">the guest holds the frame in use as a page table</param>
/// <param name="IsValidated">every entry of the table has been audited</param>
/// <param name="IsPartial">validation or its undoing stopped half-way</param>
public readonly record struct FrameFacts(
    ushort Owner, Use Type, uint TypeCount, uint References, bool IsPinned, bool IsValidated, bool IsPartial)
{
    public const ushort Free = 0x7ff4, Xen = 0x7ff2;

    public bool IsTable => Type is Use.L1 or Use.L2 or Use.L3 or Use.L4;

    /// <summary>The facts on one line, defaults left out: <c>d1  L4 ×1 pinned, 2 references</c>.</summary>
    public override string ToString()
    {
        string owner = Owner switch { Free => "free", Xen => "Xen", _ => $"d{Owner}" };
        string count = TypeCount > 0 ? $" ×{TypeCount}" : "";
        string flags = (IsPinned ? " pinned" : "") + (IsTable && !IsValidated ? " unvalidated" : "") + (IsPartial ? " partial" : "");
        return $"{owner,-5}{Type}{count}{flags}, {References} reference{(References == 1 ? "" : "s")}";
    }
}

/// <summary>The bits of a page-table entry that isolation depends on, or that must be preserved (SDM Vol. 3A, 4.5).</summary>
[Flags]
public enum EntryBits : ushort
{
    None = 0,
    Present = 1,
    Writable = 2,
    User = 4,
    Cache = 8,
    Accessed = 0x10,
    Dirty = 0x20,
    Superpage = 0x40,
    Global = 0x80,
    Available = 0x100,
    NoExecute = 0x200,
    Disallowed = 0x400,
}

/// <summary>One entry of a page table as both sides know it; the default is an entry that is not present.</summary>
public readonly record struct EntryFacts(ulong Target, EntryBits Bits)
{
    public bool IsPresent => Bits.HasFlag(EntryBits.Present);

    /// <summary>The entry as <c>mfn:7 rw-</c>: readable, writable, executable, then what is out of the ordinary.</summary>
    public override string ToString()
    {
        if (!IsPresent) return "not present";
        string rights = $"r{(Bits.HasFlag(EntryBits.Writable) ? 'w' : '-')}{(Bits.HasFlag(EntryBits.NoExecute) ? '-' : 'x')}";
        string rest = (Bits.HasFlag(EntryBits.Superpage) ? " superpage" : "") + (Bits.HasFlag(EntryBits.Disallowed) ? " disallowed" : "");
        return $"mfn:{Target} {rights}{rest}";
    }
}

/// <summary>What a step did to one frame.</summary>
public readonly record struct FrameChange(ulong Mfn, FrameFacts Before, FrameFacts After);

/// <summary>What a step did to one entry of a page table.</summary>
public readonly record struct EntryChange(ulong Table, int Slot, EntryFacts Before, EntryFacts After);
