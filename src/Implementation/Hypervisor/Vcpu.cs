using System.Runtime.InteropServices;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>What keeps a vCPU from running.</summary>
public enum VcpuState { Down, Runnable, Blocked, Polling }

/// <summary>One virtual processor of a domain.</summary>
public sealed class Vcpu : IDisposable
{
    private bool _inKernelMode = true;

    internal Vcpu(Domain domain, int id)
    {
        Domain = domain;
        Id = id;
        Cpu = new(domain.Xen.Memory, new VcpuBus(this));
        Timers = new(this);
        Info = new(domain.Xen.Memory, domain.SharedInfoMfn, id * VcpuInfo.Size, domain.SharedInfo);
        if (domain.Is32Bit) MonitorMfn = domain.Xen.Heap.AllocateXenFrame();
        Info.UpcallMask = true;
        Info.WriteTime();
    }

    public Domain Domain { get; }

    public int Id { get; }

    public Processor Cpu { get; }

    public VcpuState State { get; internal set; }

    /// <summary>
    /// Guest kernel mode. A flag of Xen's in pv64, where kernel and applications both run at CPL 3; a 32-bit kernel runs at
    /// CPL 1, and goes to applications and back without Xen.
    /// </summary>
    public bool InKernelMode
    {
        get => Domain.Is32Bit ? Cpu.Cpl < 2 : _inKernelMode;
        internal set => _inKernelMode = value;
    }

    /// <summary>Xen's own root for a 32-bit domain, whose first slot names the guest's L3; 0 for a pv64 domain.</summary>
    internal ulong MonitorMfn { get; }

    /// <summary>The root in use in kernel mode; a 32-bit domain's only one, an L3.</summary>
    public ulong KernelRootMfn { get; internal set; }

    /// <summary>The root in use in user mode; 0 while there is none.</summary>
    public ulong UserRootMfn { get; internal set; }

    public TrapTable Traps { get; } = new();

    public Callbacks Callbacks { get; } = new();

    /// <summary>The stack that traps from user mode arrive on (stack_switch).</summary>
    public ulong KernelStackPointer { get; internal set; }

    /// <summary>Its selector, which matters to a 32-bit domain.</summary>
    public ushort KernelStackSelector { get; internal set; }

    /// <summary>The frames of the guest's part of the GDT; 0 where there is none. set_gdt alone changes them.</summary>
    public ulong[] GdtFrames { get; } = new ulong[PageTables.GuestGdtPages];

    public int GdtEntries { get; internal set; }

    /// <summary>Descriptors changed since the vCPU left its code: IRET is to read those of CS and SS anew.</summary>
    internal bool HasNewDescriptors { get; set; }

    /// <summary>Where the LDT is, a linear address, and how many descriptors it has; MMUEXT_SET_LDT alone changes it.</summary>
    public (ulong Linear, int Entries) Ldt { get; internal set; }

    /// <summary>The frames of the LDT's pages that have been used; 0 for the others.</summary>
    public ulong[] LdtFrames { get; } = new ulong[PageTables.LdtPages];

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

    /// <summary>Sets the registers that a domain's first vCPU starts with.</summary>
    /// <param name="entry">linear address of the first instruction</param>
    /// <param name="stackTop">first byte beyond the boot stack</param>
    /// <param name="startInfo">linear address of start_info, handed over in RSI</param>
    /// <param name="rootMfn">the pinned root table</param>
    /// <remarks>Source: vcpu_x86_64 and vcpu_x86_32 in Xen's tools/libs/guest/xg_dom_x86.c.</remarks>
    public void SetInitialContext(ulong entry, ulong stackTop, ulong startInfo, ulong rootMfn)
    {
        InKernelMode = true;
        Reset();
        if (Domain.Is32Bit)
        {
            SetFlatSegments32();
            (KernelStackSelector, KernelStackPointer) = (Layout.FlatData32, stackTop);
        }
        else
        {
            Cpu.SetSelector(SegmentRegister.Cs, Layout.FlatCode64);
            Cpu.SetSelector(SegmentRegister.Ss, Layout.FlatData);
        }

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

    private void SetFlatSegments32()
    {
        Cpu.SetSelector(SegmentRegister.Cs, Layout.FlatCode32);
        foreach (SegmentRegister data in new[] { SegmentRegister.Ss, SegmentRegister.Ds, SegmentRegister.Es, SegmentRegister.Fs, SegmentRegister.Gs })
            Cpu.SetSelector(data, Layout.FlatData32);
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

    /// <summary>The processor as a guest finds it, whatever it starts with: long mode, in which 32-bit code is a matter of CS.</summary>
    internal void Reset()
    {
        Cpu.Efer = (1 << 0) | (1 << 8) | (1 << 10) | (1 << 11);  // SCE, LME, LMA, NXE
        Cpu.Cr0 = ControlRegisters.HostCr0;
        Cpu.Cr4 = ControlRegisters.HostCr4;
        Cpu.Cpl = Domain.Is32Bit ? 1 : 3;
    }

    /// <summary>Sets CR4, as much of it as is the guest's to say.</summary>
    internal void SetCr4(ulong value)
    {
        Control.Cr4 = value;
        Cpu.Cr4 = Control.ProcessorCr4;
    }

    /// <summary>Loads CR3 for the current mode, which flushes the TLB.</summary>
    internal void LoadRoot()
    {
        ulong root = InKernelMode ? KernelRootMfn : UserRootMfn;
        if (Domain.Is32Bit)
        {
            Memory.Entries(MonitorMfn)[0] = Pte.Make(KernelRootMfn, Pte.Present | Pte.Writable | Pte.User | Pte.Accessed);
            root = MonitorMfn;
        }

        Cpu.Cr3 = root << PhysicalMemory.PageShift;
    }

    /// <summary>Goes to guest kernel or user mode: the other root and the other GS base.</summary>
    internal void SwitchMode(bool toKernel)
    {
        if (InKernelMode == toKernel || Domain.Is32Bit) return;

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

    /// <summary>Reads a long, a pointer or a frame number of the guest's.</summary>
    internal bool TryReadWord(ulong linear, out ulong value)
    {
        if (!Domain.Is32Bit) return TryRead(linear, out value);

        bool isRead = TryRead(linear, out uint narrow);
        value = narrow;
        return isRead;
    }

    /// <summary>Writes a long, a pointer or a frame number of the guest's.</summary>
    internal bool TryWriteWord(ulong linear, ulong value) =>
        Domain.Is32Bit ? TryWrite(linear, (uint)value) : TryWrite(linear, value);

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

        // Xen reads and writes with its own rights, which a pv64 guest's tables do not tell from those of CPL 3.
        ulong address;
        if (Domain.Is32Bit ? !Domain.Xen.PageTables.TryWalk32(this, linear, access, out address) : !Cpu.TryTranslate(linear, access, out address, out _))
            return false;

        mfn = address >> PhysicalMemory.PageShift;
        if (!Memory.Contains(mfn)) return false;

        int offset = (int)(address & (PhysicalMemory.PageSize - 1));
        part = Memory.Frame(mfn).Slice(offset, Math.Min(length, PhysicalMemory.PageSize - offset));
        return true;
    }

    public void Dispose() => Cpu.Dispose();
}
