namespace Model;

/// <summary>What an entry of a table says beside its target (SDM Vol. 3A, section 4.5).</summary>
[Flags]
public enum EntryFlags
{
    None = 0,
    Present = 1 << 0,
    Writable = 1 << 1,
    User = 1 << 2,

    /// <summary>PS, bit 7, in a table above the leaves.</summary>
    Superpage = 1 << 3,

    /// <summary>PWT, PCD, or PAT (bit 7 in a leaf).</summary>
    Cache = 1 << 4,

    /// <summary>Any bit that Xen lets no guest set and that has no name here.</summary>
    Disallowed = 1 << 5,
    Global = 1 << 6,
    NoExecute = 1 << 7,
    Accessed = 1 << 8,
    Dirty = 1 << 9,

    /// <summary>Bit 52, by which Xen marks a leaf entry that the guest wrote without U/S.</summary>
    GuestKernel = 1 << 10,

    /// <summary>Any other bit left to software (9 to 11, 53 to 62).</summary>
    Available = 1 << 11,
}

/// <summary>One entry of a table; the default is an absent one.</summary>
public readonly record struct Entry(Mfn Target, EntryFlags Flags)
{
    public bool IsPresent => Has(EntryFlags.Present);

    public bool IsWritable => Has(EntryFlags.Writable);

    public bool Has(EntryFlags flags) => (Flags & flags) == flags;

    /// <summary>The target and the rights in the notation of reports; dots for an absent entry.</summary>
    public override string ToString() => IsPresent ? $"{Target} {(IsWritable ? "rw" : "r-")}" : "··";
}
