using System.Buffers.Binary;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>The state in which a guest wants one of its vCPUs to start: <c>struct vcpu_guest_context</c>; untrusted.</summary>
/// <remarks>Layout: xen/include/public/arch-x86/xen.h, for x86-64. Use: arch_set_info_guest(), xen/arch/x86/domain.c.</remarks>
internal sealed class VcpuContext(byte[] bytes)
{
    public const int Size = 5168;

    private const int FlagsAt = 512, RegistersAt = 520, TrapsAt = 720, LdtBaseAt = 4816, LdtEntriesAt = 4824, GdtFramesAt = 4832, GdtEntriesAt = 4960,
        KernelStackAt = 4976, ControlAt = 4984, EventAt = 5112, FailsafeAt = 5120, SyscallAt = 5128, FsBaseAt = 5144, GsKernelAt = 5152, GsUserAt = 5160;

    private const int RipAt = RegistersAt + 128, CsAt = RegistersAt + 136, RflagsAt = RegistersAt + 144, RspAt = RegistersAt + 152, SsAt = RegistersAt + 160,
        EsAt = RegistersAt + 168, DsAt = RegistersAt + 176, FsAt = RegistersAt + 184, GsAt = RegistersAt + 192;

    private const int Traps = 256, TrapSize = 16;
    private const ulong FpuValid = 1 << 0, InKernel = 1 << 2, FailsafeMasksEvents = 1 << 3, SyscallMasksEvents = 1 << 4, Online = 1 << 5;

    /// <summary>The general registers in the order of <c>struct cpu_user_regs</c>.</summary>
    private static readonly Gpr[] Order =
    [
        Gpr.R15, Gpr.R14, Gpr.R13, Gpr.R12, Gpr.Rbp, Gpr.Rbx, Gpr.R11, Gpr.R10, Gpr.R9, Gpr.R8, Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi,
    ];

    /// <summary>VGCF_online: the vCPU runs at once.</summary>
    public bool IsOnline => (Flags & Online) != 0;

    /// <summary>VGCF_in_kernel.</summary>
    public bool StartsInKernel => (Flags & InKernel) != 0;

    public uint LdtEntries => (uint)Word(LdtEntriesAt);

    public ulong GdtEntries => Word(GdtEntriesAt);

    /// <summary>The frame of the kernel's root (CR3).</summary>
    public ulong KernelRoot => Word(ControlAt + (3 * sizeof(ulong))) >> PhysicalMemory.PageShift;

    /// <summary>The frame of the applications' root (CR1); 0 for none.</summary>
    public ulong UserRoot => Word(ControlAt + sizeof(ulong)) >> PhysicalMemory.PageShift;

    private ulong Flags => Word(FlagsAt);

    /// <summary>Whether Xen looks at it any further: its addresses are canonical, its LDT is possible, and user mode has a root.</summary>
    public bool IsSound =>
        new[] { RipAt, RspAt, KernelStackAt, FsBaseAt, GsKernelAt, GsUserAt, EventAt, FailsafeAt, SyscallAt }.All(at => Layout.IsCanonical(Word(at)))
        && Enumerable.Range(0, Traps).All(i => Layout.IsCanonical(Trap(i).Address))
        && Layout.IsGuests(Word(LdtBaseAt))
        && Word(LdtBaseAt) % PhysicalMemory.PageSize == 0
        && Word(LdtEntriesAt) <= 8192
        && (StartsInKernel || Word(ControlAt + sizeof(ulong)) != 0);

    /// <summary>The frames of the guest's part of the GDT, as many as <see cref="GdtEntries"/> needs.</summary>
    public ulong[] GdtFrames()
    {
        int pages = (int)((GdtEntries + PageTables.DescriptorsPerPage - 1) / PageTables.DescriptorsPerPage);
        return [.. Enumerable.Range(0, pages).Select(i => Word(GdtFramesAt + (i * sizeof(ulong))))];
    }

    /// <summary>Gives a vCPU everything but its page tables and its GDT, which it has.</summary>
    public void Load(Vcpu v)
    {
        v.InKernelMode = StartsInKernel;
        v.Reset();
        LoadRegisters(v);
        for (int i = 0; i < Traps; i++) v.Traps[(byte)i] = Trap(i);
        v.KernelStackPointer = Word(KernelStackAt);
        v.Callbacks.Event = Word(EventAt);
        v.Callbacks.Failsafe = Word(FailsafeAt);
        v.Callbacks.FailsafeMasksEvents = (Flags & FailsafeMasksEvents) != 0;
        v.Callbacks.Syscall = Word(SyscallAt);
        v.Callbacks.SyscallMasksEvents = (Flags & SyscallMasksEvents) != 0;
        v.Control.Cr2 = Word(ControlAt + (2 * sizeof(ulong)));
        if (Word(ControlAt + (4 * sizeof(ulong))) is var cr4 and not 0) v.Control.Cr4 = cr4;
        FpuState.SetTaskSwitched(v, (Word(ControlAt) & ControlRegisters.TaskSwitched) != 0);
        LoadSegments(v);
    }

    private void LoadRegisters(Vcpu v)
    {
        for (int i = 0; i < Order.Length; i++) v.Cpu[Order[i]] = Word(RegistersAt + (i * sizeof(ulong)));
        v.Cpu.Rip = Word(RipAt);
        v.Cpu[Gpr.Rsp] = Word(RspAt);
        ulong rflags = Word(RflagsAt);
        v.Iopl = (int)((rflags & RflagsBits.Iopl) >> 12);
        v.Cpu.Rflags = (rflags & ~(RflagsBits.Iopl | RflagsBits.Virtual8086)) | RflagsBits.InterruptEnable | RflagsBits.Reserved;
        if ((Flags & FpuValid) != 0) v.Cpu.LoadFpu(bytes.AsSpan(0, FlagsAt));
    }

    /// <summary>Selectors as a return to the guest loads them; what cannot be loaded goes to the failsafe callback.</summary>
    private void LoadSegments(Vcpu v)
    {
        foreach ((SegmentRegister register, int at) in new[] { (SegmentRegister.Es, EsAt), (SegmentRegister.Ds, DsAt), (SegmentRegister.Fs, FsAt), (SegmentRegister.Gs, GsAt) })
            v.Cpu.SetSelector(register, Descriptors.IsUserData(v, Selector(at), out _) ? Selector(at) : (ushort)0);

        ulong user = Selector(GsAt) < 4 ? Word(GsUserAt) : 0, kernel = Word(GsKernelAt);
        v.Cpu.FsBase = Selector(FsAt) < 4 ? Word(FsBaseAt) : v.Cpu.FsBase;
        (v.Cpu.GsBase, v.OtherGsBase) = StartsInKernel ? (kernel, user) : (user, kernel);

        (ushort cs, ushort ss) = ((ushort)(Selector(CsAt) | 3), (ushort)(Selector(SsAt) | 3));
        bool isLoadable = Descriptors.IsUserCode64(v, cs) && Descriptors.IsUserStack(v, ss);
        v.Cpu.SetSelector(SegmentRegister.Cs, isLoadable ? cs : Layout.FlatCode64);
        v.Cpu.SetSelector(SegmentRegister.Ss, isLoadable ? ss : Layout.FlatData);
        if (!isLoadable) TrapEntry.EnterFailsafe(v);
    }

    private TrapInfo Trap(int i) => new(bytes[TrapsAt + (i * TrapSize) + 1], Selector(TrapsAt + (i * TrapSize) + 2), Word(TrapsAt + (i * TrapSize) + 8));

    private ushort Selector(int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private ulong Word(int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
}
