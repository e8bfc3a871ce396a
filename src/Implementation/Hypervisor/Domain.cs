namespace Implementation.Hypervisor;

/// <summary>One domain.</summary>
public sealed partial class Domain(Xen xen, ushort id)
{
    public Xen Xen { get; } = xen;

    public ushort Id { get; } = id;

    public Vcpu[] Vcpus { get; internal set; } = [];

    /// <summary>Frames on the domain's list.</summary>
    public ulong TotalPages { get; internal set; }

    public ulong MaxPages { get; internal set; }

    public ulong SharedInfoMfn { get; internal set; }

    public string? CrashReason { get; private set; }

    /// <summary>Ends the domain for a mistake of the guest's. The host goes on.</summary>
    public void Crash(string reason) => CrashReason ??= reason;
}
