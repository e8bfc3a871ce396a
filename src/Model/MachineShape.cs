namespace Model;

/// <summary>How large a machine is, and whose its vCPUs are.</summary>
/// <param name="Frames">frames of memory, Xen's own included; fewer than 2^31</param>
/// <param name="Vcpus">for each vCPU of the machine the domain it belongs to; its index is its <see cref="VcpuId"/></param>
/// <param name="Slots">entries of a table; other than 512 only in small worlds</param>
public sealed record MachineShape(int Frames, IReadOnlyList<Domid> Vcpus, int Slots = 512)
{
    /// <summary>The slots of a top-level table that are Xen's (256 to 271 of 512, xen/include/public/arch-x86/xen-x86_64.h).</summary>
    public IReadOnlyList<int> XenSlots { get; init; } = Slots == 512 ? [.. Enumerable.Range(256, 16)] : [];

    /// <summary>Numbers of domains: one more than the largest.</summary>
    public int DomainNumbers { get; init; } = Vcpus.Select(d => d.Value + 1).DefaultIfEmpty().Max();

    /// <summary>The domains that are 32-bit guests.</summary>
    public IReadOnlyList<Domid> Compat { get; init; } = [];

    /// <summary>
    /// The slots of a table of type <see cref="PageType.XenL2"/> that are Xen's (from 0xf5800000 of its 1 GiB on,
    /// xen/include/public/arch-x86/xen-x86_32.h).
    /// </summary>
    public IReadOnlyList<int> XenL2Slots { get; init; } = Slots == 512 ? [.. Enumerable.Range(428, 84)] : [];

    /// <summary>The slots of a 32-bit root that no 32-bit address selects (SDM Vol. 3A, table 4-8: there are four entries).</summary>
    public IReadOnlyList<int> SpareSlots => Slots > FixedSlot + 1 ? [.. Enumerable.Range(FixedSlot + 1, Slots - FixedSlot - 1)] : [];

    /// <summary>The slot of a 32-bit root that covers the highest addresses, and Xen's; other than the last of four only in small worlds.</summary>
    public int FixedSlot { get; init; } = LastOfFour;

    /// <summary>The fixed slot of a real machine.</summary>
    public const int LastOfFour = 3;

    /// <summary>The words of each sort.</summary>
    public Domains.Concrete.Universe Universe => new(Frames, Slots, Vcpus.Count, DomainNumbers);

    /// <summary>Makes the steps; a re-made fault passes its own.</summary>
    public Func<State.State<Domains.Concrete.Truth, Domains.Concrete.Number, Domains.Concrete.Facts, Domains.Concrete.Function>,
        Steps.Steps<Domains.Concrete.Truth, Domains.Concrete.Number, Domains.Concrete.Facts, Domains.Concrete.Function>>? Steps
    { get; init; }
}
