namespace Model;

/// <summary>How large a machine is, and whose its vCPUs are.</summary>
/// <param name="Frames">frames of memory, Xen's own included; fewer than 2^31</param>
/// <param name="Vcpus">for each vCPU of the machine the domain it belongs to; its index is its <see cref="VcpuId"/></param>
/// <param name="Slots">entries of a table; other than 512 only in small worlds</param>
public sealed record MachineShape(int Frames, IReadOnlyList<Domid> Vcpus, int Slots = 512)
{
    /// <summary>The slots of a top-level table that are Xen's (256 to 271 of 512, xen/include/public/arch-x86/xen-x86_64.h).</summary>
    public IReadOnlyList<int> XenSlots { get; init; } = Slots == 512 ? [.. Enumerable.Range(256, 16)] : [];

    /// <summary>Makes the steps; a re-made fault passes its own.</summary>
    public Func<State.State<Domains.Concrete.Truth, Domains.Concrete.Number, Domains.Concrete.Facts, Domains.Concrete.Function>,
        Steps.Steps<Domains.Concrete.Truth, Domains.Concrete.Number, Domains.Concrete.Facts, Domains.Concrete.Function>>? Steps
    { get; init; }
}
