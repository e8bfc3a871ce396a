using System.Runtime.InteropServices;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>What keeps a vCPU from running.</summary>
public enum VcpuState { Down, Runnable, Blocked, Polling }

/// <summary>One virtual processor of a domain.</summary>
public sealed class Vcpu : IDisposable
{
    internal Vcpu(Domain domain, int id)
    {
        Domain = domain;
        Id = id;
        Cpu = new(domain.Xen.Memory, new VcpuBus(this));
        Timers = new(this);
        Info = new(domain.Xen.Memory, domain.SharedInfoMfn, id * VcpuInfo.Size);
        Info.UpcallMask = true;
        Info.WriteTime();
    }

    public Domain Domain { get; }

    public int Id { get; }

    public Processor Cpu { get; }

    public VcpuState State { get; internal set; }

    /// <summary>Guest kernel mode, a flag of Xen's: a pv64 kernel and its applications both run at CPL 3.</summary>
    public bool InKernelMode { get; internal set; } = true;

    /// <summary>The root in use in kernel mode.</summary>
    public ulong KernelRootMfn { get; internal set; }

    /// <summary>The root in use in user mode; 0 while there is none.</summary>
    public ulong UserRootMfn { get; internal set; }

    public TrapTable Traps { get; } = new();

    public Callbacks Callbacks { get; } = new();

    /// <summary>The stack that traps from user mode arrive on (stack_switch).</summary>
    public ulong KernelStackPointer { get; internal set; }

    /// <summary>The frames of the guest's part of the GDT; 0 where there is none. set_gdt alone changes them.</summary>
    public ulong[] GdtFrames { get; } = new ulong[PageTables.GuestGdtPages];

    public int GdtEntries { get; internal set; }

    /// <summary>The I/O privilege the guest kernel gave itself (PHYSDEVOP_set_iopl), 0..3.</summary>
    public int Iopl { get; internal set; }

    /// <summary>Where the guest keeps its I/O permission bitmap (PHYSDEVOP_set_iobitmap), and how many ports it covers.</summary>
    internal (ulong Linear, uint Ports) IoBitmap { get; set; }

    internal ControlRegisters Control { get; } = new();

    internal Timers Timers { get; }

    internal VcpuInfo Info { get; set; }

    /// <summary>The guest has chosen where <see cref="Info"/> is, which it can do once.</summary>
    internal bool HasPlacedInfo { get; set; }

    /// <summary>Ports an unfinished SCHEDOP_poll waits for.</summary>
    internal uint[] PolledPorts { get; set; } = [];

    internal Runstate Runstate { get; } = new();

    /// <summary>Port of each virtual interrupt; 0 while it is not bound.</summary>
    internal uint[] VirqPorts { get; } = new uint[EventChannels.Virqs];

    /// <summary>The GS base of the mode the vCPU is not in; Xen swaps it as the mode changes.</summary>
    internal ulong OtherGsBase { get; set; }

    /// <summary>Set by a hypercall that is to be issued again with these registers, so that long requests can be stopped.</summary>
    internal HypercallRegisters? Continuation { get; set; }

    /// <summary>System time in nanoseconds.</summary>
    public ulong Now => Cpu.Tsc;

    private PhysicalMemory Memory => Domain.Xen.Memory;

    /// <summary>Sets the registers that a pv64 domain's first vCPU starts with.</summary>
    /// <param name="entry">linear address of the first instruction</param>
    /// <param name="stackTop">first byte beyond the boot stack</param>
    /// <param name="startInfo">linear address of start_info, handed over in RSI</param>
    /// <param name="rootMfn">the pinned root table</param>
    /// <remarks>Source: vcpu_x86_64 in Xen's tools/libs/guest/xg_dom_x86.c.</remarks>
    public void SetInitialContext(ulong entry, ulong stackTop, ulong startInfo, ulong rootMfn)
    {
        InKernelMode = true;
        Reset();
        Cpu.SetSelector(SegmentRegister.Cs, Layout.FlatCode64);
        Cpu.SetSelector(SegmentRegister.Ss, Layout.FlatData);
        Cpu.Rip = entry;
        Cpu[Gpr.Rsp] = stackTop;
        Cpu[Gpr.Rsi] = startInfo;
        Cpu.Rflags = RflagsBits.Reserved | RflagsBits.InterruptEnable;

        // The vCPU's root holds the table, beside the pin that the guest may drop (arch_set_info_guest()).
        PageTables tables = Domain.Xen.PageTables;
        if (tables.Complete(() => tables.NewBase(this, rootMfn)) != 0)
            throw new ArgumentException("The root is not a table that the domain may use.", nameof(rootMfn));

        GoOnline(now: 0);
    }

    /// <summary>The vCPU may run from now on.</summary>
    internal void GoOnline(ulong now)
    {
        if (State != VcpuState.Down) return;

        State = VcpuState.Runnable;
        Runstate.Enter(RunstateKind.Running, now);
    }

    /// <summary>The vCPU runs no more until it is brought up again.</summary>
    internal void GoOffline(ulong now)
    {
        if (State == VcpuState.Down) return;

        State = VcpuState.Down;
        Runstate.Enter(RunstateKind.Offline, now);
    }

    /// <summary>The processor as a pv64 guest finds it, whatever it starts with.</summary>
    internal void Reset()
    {
        Cpu.Efer = (1 << 0) | (1 << 8) | (1 << 10) | (1 << 11);  // SCE, LME, LMA, NXE
        Cpu.Cr0 = ControlRegisters.HostCr0;
        Cpu.Cr4 = ControlRegisters.HostCr4;
        Cpu.Cpl = 3;
    }

    /// <summary>Loads CR3 for the current mode, which flushes the TLB.</summary>
    internal void LoadRoot() => Cpu.Cr3 = (InKernelMode ? KernelRootMfn : UserRootMfn) << PhysicalMemory.PageShift;

    /// <summary>Goes to guest kernel or user mode: the other root and the other GS base.</summary>
    internal void SwitchMode(bool toKernel)
    {
        if (InKernelMode == toKernel) return;

        InKernelMode = toKernel;
        (Cpu.GsBase, OtherGsBase) = (OtherGsBase, Cpu.GsBase);
        LoadRoot();
        Domain.Xen.Observer?.ModeSwitched(this, toKernel);
    }

    /// <summary>Copies from guest memory under the current tables; false where Xen answers -EFAULT.</summary>
    /// <param name="linear">untrusted</param>
    public bool TryRead(ulong linear, Span<byte> to)
    {
        if (linear > ulong.MaxValue - (ulong)to.Length) return false;

        while (!to.IsEmpty)
        {
            if (!TryReach(linear, AccessKind.Read, to.Length, out Span<byte> part, out _)) return false;
            part.CopyTo(to);
            to = to[part.Length..];
            linear += (ulong)part.Length;
        }

        return true;
    }

    /// <summary>Copies to guest memory under the current tables; false where Xen answers -EFAULT.</summary>
    /// <param name="linear">untrusted</param>
    /// <remarks>As on Xen, the pages before the one that cannot be written have been written.</remarks>
    public bool TryWrite(ulong linear, ReadOnlySpan<byte> from)
    {
        if (linear > ulong.MaxValue - (ulong)from.Length) return false;

        while (!from.IsEmpty)
        {
            if (!TryReach(linear, AccessKind.Write, from.Length, out Span<byte> part, out ulong mfn)) return false;
            from[..part.Length].CopyTo(part);
            Memory.Written(mfn);
            from = from[part.Length..];
            linear += (ulong)part.Length;
        }

        return true;
    }

    public bool TryRead<T>(ulong linear, out T value) where T : unmanaged
    {
        value = default;
        return TryRead(linear, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    public bool TryWrite<T>(ulong linear, T value) where T : unmanaged =>
        TryWrite(linear, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(ref value)));

    /// <summary>Whether the guest could name this range of its memory in a call; says nothing of what is mapped there.</summary>
    internal static bool IsNameable(ulong linear, ulong bytes) =>
        bytes <= Layout.XenStart && linear <= ulong.MaxValue - bytes && Layout.IsGuests(linear)
        && Layout.IsGuests(linear + Math.Max(bytes, 1) - 1)
        && (linear < Layout.XenStart) == (linear + Math.Max(bytes, 1) - 1 < Layout.XenStart);

    private bool TryReach(ulong linear, AccessKind access, int length, out Span<byte> part, out ulong mfn)
    {
        part = default;
        mfn = 0;
        if (!Layout.IsGuests(linear)) return false;
        if (!Cpu.TryTranslate(linear, access, out ulong address, out _)) return false;

        mfn = address >> PhysicalMemory.PageShift;
        if (!Memory.Contains(mfn)) return false;

        int offset = (int)(address & (PhysicalMemory.PageSize - 1));
        part = Memory.Frame(mfn).Slice(offset, Math.Min(length, PhysicalMemory.PageSize - offset));
        return true;
    }

    public void Dispose() => Cpu.Dispose();
}
