using Implementation.Devices;

namespace Implementation.Hypervisor;

/// <summary>Why a domain stopped; the values are SHUTDOWN_* (xen/include/public/sched.h).</summary>
public enum ShutdownReason : uint { Poweroff, Reboot, Suspend, Crash, Watchdog, SoftReset }

/// <summary>One domain.</summary>
public sealed class Domain : IDisposable
{
    /// <summary>The control domain. It is C#: devices, store and builder; it has no vCPU here.</summary>
    public const ushort Domain0 = 0;

    public const ushort DomidSelf = 0x7ff0;

    internal Domain(Xen xen, ushort id, string name, DomainKind kind = DomainKind.Pv64)
    {
        Xen = xen;
        Id = id;
        Name = name;
        Kind = kind;
        Events = new(this);
    }

    public Xen Xen { get; }

    public ushort Id { get; }

    public string Name { get; }

    public DomainKind Kind { get; }

    /// <summary>The guest's pointers and words are of 32 bits, and so are those in the structures it shares with Xen.</summary>
    public bool Is32Bit => Kind == DomainKind.Pv32Pae;

    /// <summary>How the structures that the guest hands to Xen are laid out.</summary>
    public GuestAbi Abi => GuestAbi.Of(Kind);

    internal SharedInfoLayout SharedInfo => SharedInfoLayout.Of(Kind);

    public Vcpu[] Vcpus { get; private set; } = [];

    /// <summary>Frames on the domain's list.</summary>
    public ulong TotalPages { get; internal set; }

    public ulong MaxPages { get; internal set; }

    public ulong SharedInfoMfn { get; internal set; }

    public EventChannels Events { get; }

    public GrantTable Grants { get; private set; } = null!;

    public VmAssist Assists { get; internal set; }

    /// <summary>User roots do not show the machine-to-physical table.</summary>
    public bool IsM2PStrict => Assists.HasFlag(VmAssist.M2pStrict);

    /// <summary>The console, once the builder has attached its ring.</summary>
    public XenConsole? Console { get; private set; }

    /// <summary>The domain's end of xenstore, once the builder has attached its ring.</summary>
    public XenStoreRing? StoreRing { get; private set; }

    public HypercallCounts Hypercalls { get; } = new();

    /// <summary>Page-table entries changed by hypercall or by emulated store.</summary>
    public ulong EntryUpdates { get; internal set; }

    /// <summary>What the guest last wrote to the PCI configuration address port; it reads back, and finds no bus.</summary>
    internal uint PciAddress { get; set; }

    /// <summary>The vCPU that runs has given up its turn, or woken another: the others come first.</summary>
    internal bool IsTurnOver { get; set; }

    /// <summary>Set once the domain has shut down or crashed; no vCPU of it runs again.</summary>
    public ShutdownReason? ShutdownReason { get; private set; }

    public bool HasEnded => ShutdownReason is not null;

    /// <summary>What the guest did wrong, in one sentence; null unless it crashed.</summary>
    public string? CrashReason { get; private set; }

    /// <summary>Ends the domain for a mistake of the guest's. The host goes on.</summary>
    public void Crash(string reason)
    {
        if (HasEnded) return;

        CrashReason = reason;
        End(Hypervisor.ShutdownReason.Crash, reason);
    }

    /// <summary>Ends the domain at its own request.</summary>
    internal void Shutdown(ShutdownReason reason)
    {
        if (HasEnded) return;

        if (reason == Hypervisor.ShutdownReason.Crash) CrashReason = "the guest reported that it has crashed";
        End(reason, CrashReason ?? $"shutdown: {Word(reason)}");

        static string Word(ShutdownReason reason) => reason switch
        {
            Hypervisor.ShutdownReason.Poweroff => "poweroff",
            Hypervisor.ShutdownReason.Reboot => "reboot",
            Hypervisor.ShutdownReason.Suspend => "suspend",
            Hypervisor.ShutdownReason.Watchdog => "watchdog",
            _ => "soft reset",
        };
    }

    /// <summary>The port that start_info names for xenstore; there from the beginning.</summary>
    public uint StorePort { get; private set; }

    /// <summary>The port that start_info names for the console; there from the beginning.</summary>
    public uint ConsolePort { get; private set; }

    /// <summary>Gives the domain its console and its xenstore: devices, grants, and the keys that announce them.</summary>
    /// <param name="consoleMfn">the zeroed frame of the console ring, the domain's own</param>
    /// <param name="storeMfn">the zeroed frame of the xenstore ring, the domain's own</param>
    /// <remarks>Called once by the domain builder.</remarks>
    public void AttachRings(ulong consoleMfn, ulong storeMfn)
    {
        StoreRing = new(this, storeMfn, StorePort);
        Console = new(this, consoleMfn, ConsolePort);
        Grants.Permit(GrantTable.ReservedConsole, Domain0, consoleMfn);
        Grants.Permit(GrantTable.ReservedXenStore, Domain0, storeMfn);
        StoreKeys.Publish(this, consoleMfn, storeMfn);
    }

    /// <summary>Makes what every domain has before it is built: shared_info, vCPUs, the grant table.</summary>
    internal void Populate(int vcpus)
    {
        if (Is32Bit) _ = Xen.MachineToPhys.For32Bit;
        SharedInfoMfn = Xen.Heap.AllocateShared(this);
        VirtualTime.WriteWallClock(new(Xen.Memory, SharedInfoMfn), SharedInfo);
        Vcpus = [.. Enumerable.Range(0, vcpus).Select(id => new Vcpu(this, id))];
        Grants = new(this);
        StorePort = (uint)Events.AllocateUnbound(Domain0);
        ConsolePort = (uint)Events.AllocateUnbound(Domain0);
    }

    private void End(ShutdownReason reason, string because)
    {
        Console?.Drain();
        ShutdownReason = reason;
        Xen.Observer?.DomainEnded(this, because);
    }

    public void Dispose()
    {
        foreach (Vcpu vcpu in Vcpus) vcpu.Dispose();
    }
}
