using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Hypervisor;

/// <summary>The state in which a guest wants one of its vCPUs to start: <c>struct vcpu_guest_context</c>; untrusted.</summary>
/// <remarks>
/// Layout: xen/include/public/arch-x86/xen.h, xen-x86_64.h and xen-x86_32.h. Use: arch_set_info_guest(), xen/arch/x86/domain.c.
/// </remarks>
internal sealed class VcpuContext
{
    private const int FpuBytes = 512, Traps = 256, MostGdtFrames = 16, MostLdtEntries = 8192;
    private const ulong FpuValid = 1 << 0, InKernel = 1 << 2, FailsafeMasksEvents = 1 << 3, SyscallMasksEvents = 1 << 4, Online = 1 << 5;

    /// <summary>The general registers in the order of <c>struct cpu_user_regs</c>, which leaves some out behind a gap.</summary>
    private static readonly Gpr[]
        Wide = [Gpr.R15, Gpr.R14, Gpr.R13, Gpr.R12, Gpr.Rbp, Gpr.Rbx, Gpr.R11, Gpr.R10, Gpr.R9, Gpr.R8, Gpr.Rax, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi],
        Narrow = [Gpr.Rbx, Gpr.Rcx, Gpr.Rdx, Gpr.Rsi, Gpr.Rdi, Gpr.Rbp, Gpr.Rax];

    private static readonly SegmentRegister[] DataSegments = [SegmentRegister.Es, SegmentRegister.Ds, SegmentRegister.Fs, SegmentRegister.Gs];

    private readonly Domain _domain;
    private readonly byte[] _fpu;
    private readonly ulong[] _registers, _gdtFrames = new ulong[MostGdtFrames], _control = new ulong[8], _debug = new ulong[8];
    private readonly ushort[] _data = new ushort[DataSegments.Length];
    private readonly TrapInfo[] _traps = new TrapInfo[Traps];
    private readonly ulong _flags, _rip, _rflags, _rsp, _ldtBase, _ldtEntries, _kernelStack, _fsBase, _gsKernel, _gsUser;
    private readonly ushort _cs, _ss, _kernelStackSelector;
    private readonly (ushort Selector, ulong Address) _event, _failsafe, _syscall;

    public VcpuContext(ReadOnlySpan<byte> bytes, Domain domain)
    {
        _domain = domain;
        bool isNarrow = domain.Is32Bit;
        MemberReader members = new(bytes, domain.Abi);
        _fpu = members.Bytes(FpuBytes).ToArray();
        _flags = members.Word();

        _registers = new ulong[(isNarrow ? Narrow : Wide).Length];
        ReadWords(ref members, _registers);
        members.Int(); // error_code and entry_vector
        (_rip, _cs) = (members.Word(), members.Half());
        members.Half(); // a padding and saved_upcall_mask, and more padding that alignment skips
        (_rflags, _rsp, _ss) = (members.Word(), members.Word(), (ushort)members.Word());
        for (int i = 0; i < _data.Length; i++) _data[i] = (ushort)members.Word();

        for (int i = 0; i < Traps; i++)
        {
            members.Byte(); // The vector is the index.
            _traps[i] = new(members.Byte(), GuestSelector.Lower(domain, members.Half()), members.Word());
        }

        (_ldtBase, _ldtEntries) = (members.Word(), members.Word());
        ReadWords(ref members, _gdtFrames);
        GdtEntries = members.Word();
        (_kernelStackSelector, _kernelStack) = (GuestSelector.Lower(domain, (ushort)members.Word()), members.Word());
        ReadWords(ref members, _control);
        ReadWords(ref members, _debug);

        _event = Entry(ref members);
        _failsafe = Entry(ref members);
        if (isNarrow) return;

        _syscall = Entry(ref members);
        members.Word(); // vm_assist
        (_fsBase, _gsKernel, _gsUser) = (members.Word(), members.Word(), members.Word());
    }

    /// <summary>VGCF_online: the vCPU runs at once.</summary>
    public bool IsOnline => (_flags & Online) != 0;

    /// <summary>VGCF_in_kernel; a 32-bit vCPU's mode is its CPL.</summary>
    public bool StartsInKernel => (_flags & InKernel) != 0 || _domain.Is32Bit;

    public uint LdtEntries => (uint)_ldtEntries;

    public ulong GdtEntries { get; }

    /// <summary>The frame of the kernel's root (CR3).</summary>
    public ulong KernelRoot => _domain.Is32Bit ? FoldedCr3.Mfn((uint)_control[3]) : _control[3] >> PhysicalMemory.PageShift;

    /// <summary>The frame of the applications' root (CR1); 0 for none.</summary>
    public ulong UserRoot => _domain.Is32Bit ? 0 : _control[1] >> PhysicalMemory.PageShift;

    /// <summary>Whether Xen looks at it any further: its addresses are canonical, its LDT is possible, and user mode has a root.</summary>
    public bool IsSound =>
        new[] { _rip, _rsp, _kernelStack, _fsBase, _gsKernel, _gsUser, _event.Address, _failsafe.Address, _syscall.Address }.All(Layout.IsCanonical)
        && _traps.All(trap => Layout.IsCanonical(trap.Address))
        && Layout.IsGuests(_ldtBase)
        && _ldtBase % PhysicalMemory.PageSize == 0
        && _ldtEntries <= MostLdtEntries
        && (StartsInKernel || _control[1] != 0);

    /// <summary>Bytes of the structure.</summary>
    public static int SizeFor(GuestAbi abi) => abi.Choose(narrow: 2800, wide: 5168);

    /// <summary>The frames of the guest's part of the GDT, as many as <see cref="GdtEntries"/> needs.</summary>
    public ulong[] GdtFrames()
    {
        int pages = (int)((GdtEntries + PageTables.DescriptorsPerPage - 1) / PageTables.DescriptorsPerPage);
        return _gdtFrames[..pages];
    }

    /// <summary>Gives a vCPU everything but its page tables and its GDT, which it has.</summary>
    public void Load(Vcpu v)
    {
        v.InKernelMode = StartsInKernel;
        v.Reset();
        LoadRegisters(v);
        for (int i = 0; i < Traps; i++) v.Traps[(byte)i] = _traps[i];
        (v.KernelStackSelector, v.KernelStackPointer) = (_kernelStackSelector, _kernelStack);
        (v.Callbacks.EventSelector, v.Callbacks.Event) = _event;
        (v.Callbacks.FailsafeSelector, v.Callbacks.Failsafe) = _failsafe;
        v.Callbacks.FailsafeMasksEvents = (_flags & FailsafeMasksEvents) != 0;
        v.Callbacks.Syscall = _syscall.Address;
        v.Callbacks.SyscallMasksEvents = (_flags & SyscallMasksEvents) != 0;
        v.Control.Cr2 = _control[2];
        if (_control[4] is var cr4 and not 0) v.SetCr4(cr4);
        for (uint i = 0; i < _debug.Length; i++) DebugRegisters.Write(v, i, _debug[i]); // What is refused stays as it is.
        FpuState.SetTaskSwitched(v, (_control[0] & ControlRegisters.TaskSwitched) != 0);
        if (_domain.Is32Bit) LoadSegments32(v);
        else LoadSegments(v);
    }

    private void LoadRegisters(Vcpu v)
    {
        Gpr[] order = _domain.Is32Bit ? Narrow : Wide;
        for (int i = 0; i < order.Length; i++) v.Cpu[order[i]] = _registers[i];
        v.Cpu.Rip = _rip;
        v.Cpu[Gpr.Rsp] = _rsp;
        v.Iopl = (int)((_rflags & RflagsBits.Iopl) >> 12);
        v.Cpu.Rflags = (_rflags & ~(RflagsBits.Iopl | RflagsBits.Virtual8086)) | RflagsBits.InterruptEnable | RflagsBits.Reserved;
        if ((_flags & FpuValid) != 0) v.Cpu.LoadFpu(_fpu);
    }

    /// <summary>Selectors of data that cannot be loaded become null. CS and SS the first return to the guest loads: what it raises the guest is told.</summary>
    private void LoadSegments(Vcpu v)
    {
        (ushort fs, ushort gs) = (_data[2], _data[3]);
        for (int i = 0; i < _data.Length; i++)
            v.Cpu.SetSelector(DataSegments[i], Descriptors.IsUserData(v, _data[i], out _) ? _data[i] : (ushort)0);

        ulong user = gs < 4 ? _gsUser : 0;
        v.Cpu.FsBase = fs < 4 ? _fsBase : v.Cpu.FsBase;
        (v.Cpu.GsBase, v.OtherGsBase) = StartsInKernel ? (_gsKernel, user) : (user, _gsKernel);
        v.Cpu.SetSelector(SegmentRegister.Cs, (ushort)(_cs | 3));
        v.Cpu.SetSelector(SegmentRegister.Ss, (ushort)(_ss | 3));
        v.HasNewDescriptors = true;
    }

    private void LoadSegments32(Vcpu v)
    {
        (ushort cs, ushort ss) = (GuestSelector.Lower(_domain, _cs), GuestSelector.Lower(_domain, _ss));
        for (int i = 0; i < _data.Length; i++)
            v.Cpu.SetSelector(DataSegments[i], Descriptors.IsData(v, _data[i], cs & 3) ? _data[i] : (ushort)0);
        v.Cpu.Cpl = cs & 3;
        v.Cpu.SetSelector(SegmentRegister.Cs, cs);
        v.Cpu.SetSelector(SegmentRegister.Ss, ss);
        v.HasNewDescriptors = true;
    }

    /// <summary>An entry point: in the narrow layout a selector, in a word of its own, and an address.</summary>
    private (ushort Selector, ulong Address) Entry(ref MemberReader members)
    {
        ushort selector = _domain.Is32Bit ? (ushort)members.Word() : (ushort)0;
        return (GuestSelector.Lower(_domain, selector), members.Word());
    }

    private static void ReadWords(ref MemberReader members, ulong[] to)
    {
        for (int i = 0; i < to.Length; i++) to[i] = members.Word();
    }
}
