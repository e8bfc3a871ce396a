using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Implementation.Tests.Sensitive;

/// <summary>The instructions of VC-13, then those of VC-14 (SDM Vol. 2), in the order of the specification's table.</summary>
internal static class SensitiveInstructions
{
    private const ushort InnerCode = 0xe008, InnerData = 0xe010;
    private const ulong TaskSwitched = ControlRegisters.TaskSwitched, TimeStampDisable = 1 << 2, Flags = 0x2, Carry = 1, Overflow = 1 << 11, Paging = 1UL << 31;
    private const uint Efer = 0xc000_0080, GsBase = 0xc000_0101, SmiCount = 0x34, Version = 17;

    private static readonly int[] Levels = [0, 1, 3];

    public static IReadOnlyList<SensitiveInstruction> All { get; } = [.. Unprivileged(), .. Transfers(), .. Ports(), .. Registers(), .. Others()];

    private static SensitiveInstruction[] Unprivileged() =>
    [
        new("SGDT", [0x0f, 0x01, 0x07]),
        new("SIDT", [0x0f, 0x01, 0x0f]),
        new("SLDT", [0x0f, 0x00, 0xc0], g => g.Cpu[Gpr.Rax] = 0xffff),
        new("STR", [0x0f, 0x00, 0xc8]),
        new("SMSW", [0x0f, 0x01, 0xe0]),
        new("PUSHF", [0x9c]),
        new("POPF, IF clear", [0x9d], g => g.Push(Flags | Carry)),
        new("POPF, IOPL 3", [0x9d], g => g.Push(Flags | Carry | RflagsBits.Iopl)),
        new("LAR of its own code", [0x0f, 0x02, 0xc1], g => g.Cpu[Gpr.Rcx] = g.Mode.Cs),
        new("LAR of Xen's code", [0x0f, 0x02, 0xc1], g => g.Cpu[Gpr.Rcx] = InnerCode),
        new("LSL of its own code", [0x0f, 0x03, 0xc1], g => g.Cpu[Gpr.Rcx] = g.Mode.Cs),
        new("LSL of Xen's code", [0x0f, 0x03, 0xc1], g => g.Cpu[Gpr.Rcx] = InnerCode),
        new("VERR of its own data", [0x0f, 0x00, 0xe1], g => g.Cpu[Gpr.Rcx] = g.Mode.Ss),
        new("VERR of Xen's data", [0x0f, 0x00, 0xe1], g => g.Cpu[Gpr.Rcx] = InnerData),
        new("VERW of its own data", [0x0f, 0x00, 0xe9], g => g.Cpu[Gpr.Rcx] = g.Mode.Ss),
        new("VERW of Xen's data", [0x0f, 0x00, 0xe9], g => g.Cpu[Gpr.Rcx] = InnerData),
        new("MOV from CS", [0x8c, 0xc8]),
        new("MOV from SS", [0x8c, 0xd0]),
        new("MOV to CS", [0x8e, 0xc9], g => g.Cpu[Gpr.Rcx] = g.Mode.Cs),
        new("MOV to SS, its own", [0x8e, 0xd1], g => g.Cpu[Gpr.Rcx] = g.Mode.Ss),
        new("MOV to SS, Xen's", [0x8e, 0xd1], g => g.Cpu[Gpr.Rcx] = InnerData),
        new("MOV to FS, its own", [0x8e, 0xe1], g => g.Cpu[Gpr.Rcx] = g.Mode.Ss),
        new("MOV to FS, Xen's", [0x8e, 0xe1], g => g.Cpu[Gpr.Rcx] = InnerData),
        new("PUSH CS", [0x0e]),
        new("PUSH SS", [0x16]),
        new("PUSH FS", [0x0f, 0xa0]),
        new("POP SS, its own", [0x17], g => g.Push(g.Mode.Ss)),
        new("POP SS, Xen's", [0x17], g => g.Push(InnerData)),
        new("POP FS, its own", [0x0f, 0xa1], g => g.Push(g.Mode.Ss)),
        new("POP FS, Xen's", [0x0f, 0xa1], g => g.Push(InnerData)),
    ];

    private static SensitiveInstruction[] Transfers() =>
    [
        new("far JMP, its own level", [0xff, 0x2f], g => g.Point(g.Mode.Cs, SensitiveGuest.Target)),
        new("far JMP, to Xen's code", [0xff, 0x2f], g => g.Point(InnerCode, SensitiveGuest.Target)),
        new("far CALL, its own level", [0xff, 0x1f], g => g.Point(g.Mode.Cs, SensitiveGuest.Target)),
        new("far CALL, to Xen's code", [0xff, 0x1f], g => g.Point(InnerCode, SensitiveGuest.Target)),
        new("far CALL, a gate", [0xff, 0x1f], g => g.Point(SensitiveGuest.Gate, 0)),
        new("far RET, its own level", [0x48, 0xcb], [0xcb], g => g.Push(SensitiveGuest.Target, g.Mode.Cs)),
        new("far RET, to Xen's code", [0x48, 0xcb], [0xcb], g => g.Push(SensitiveGuest.Target, InnerCode)),
        new("IRET, its own level, IF clear", [0x48, 0xcf], [0xcf], g => Return(g, g.Mode.Cs)),
        new("IRET, to Xen's code", [0x48, 0xcf], [0xcf], g => Return(g, InnerCode)),
        new("INT3", [0xcc]),
        new("INTO, OF set", [0xce], g => g.Cpu.Rflags |= Overflow),
        new("INT1", [0xf1]),
        new("INT n, closed", [0xcd, 0x20]),
        new("INT n, open to the kernel", [0xcd, SensitiveGuest.OpenToKernel]),
        new("INT n, open to all", [0xcd, SensitiveGuest.OpenToAll]),
        new("INT 0x80", [0xcd, 0x80]),
        new("INT 0x82", [0xcd, 0x82], g => g.Cpu[Gpr.Rax] = Version),
        new("SYSCALL", [0x0f, 0x05], AskVersion),
        new("SYSENTER", [0x0f, 0x34]),
        new("SYSENTER, no callback", [0x0f, 0x34], g => g.Vcpu.Callbacks.Sysenter = 0),
        new("SYSRET", [0x48, 0x0f, 0x07], [0x0f, 0x07]),
        new("SYSEXIT", [0x0f, 0x35]),
    ];

    /// <summary>Ports closed, opened to the kernel, and opened to all.</summary>
    private static IEnumerable<SensitiveInstruction> Ports() =>
        from row in new (string Name, byte Code)[] { ("CLI", 0xfa), ("STI", 0xfb), ("IN", 0xec), ("OUT", 0xef), ("INS", 0x6c), ("OUTS", 0x6f) }
        from iopl in Levels
        let ports = iopl switch { 0 => "ports closed", 1 => "ports open to the kernel", _ => "ports open to all" }
        select new SensitiveInstruction($"{row.Name}, {ports}", [row.Code], g =>
        {
            g.OpenPorts(iopl);
            (g.Cpu[Gpr.Rdx], g.Cpu[Gpr.Rax]) = (0xcf8, 0x8000_1234);
            g.Point(0, 0x8000_5678);
        });

    private static SensitiveInstruction[] Registers() =>
    [
        new("MOV from CR0", [0x0f, 0x20, 0xc0]),
        new("MOV from CR2", [0x0f, 0x20, 0xd0], g => g.Vcpu.Control.Cr2 = 0x1234),
        new("MOV from CR3", [0x0f, 0x20, 0xd8]),
        new("MOV from CR4", [0x0f, 0x20, 0xe0]),
        new("MOV from CR8", [0x44, 0x0f, 0x20, 0xc0], Narrow: null),
        new("MOV to CR0, TS set", [0x0f, 0x22, 0xc0], g => g.Cpu[Gpr.Rax] = ControlRegisters.HostCr0 | TaskSwitched),
        new("MOV to CR0, PG clear", [0x0f, 0x22, 0xc0], g => g.Cpu[Gpr.Rax] = ControlRegisters.HostCr0 & ~Paging),
        new("MOV to CR2", [0x0f, 0x22, 0xd0], g => g.Cpu[Gpr.Rax] = 0x1234),
        new("MOV to CR3, its own root", [0x0f, 0x22, 0xd8], g => g.Cpu[Gpr.Rax] = Root(g, g.Vcpu.KernelRootMfn)),
        new("MOV to CR3, no root", [0x0f, 0x22, 0xd8], g => g.Cpu[Gpr.Rax] = Root(g, g.Vcpu.Domain.SharedInfoMfn)),
        new("MOV to CR4, TSD set", [0x0f, 0x22, 0xe0], g => g.Cpu[Gpr.Rax] = ControlRegisters.HostCr4 | TimeStampDisable),
        new("MOV to CR8", [0x44, 0x0f, 0x22, 0xc0], Narrow: null),
        new("CLTS", [0x0f, 0x06], g => FpuState.SetTaskSwitched(g.Vcpu, true)),
        new("LMSW", [0x0f, 0x01, 0xf0]),
        new("MOV from DR7", [0x0f, 0x21, 0xf8]),
        new("MOV to DR0", [0x0f, 0x23, 0xc0], g => g.Cpu[Gpr.Rax] = SensitiveGuest.Slot),
        new("MOV to DR7, GD set", [0x0f, 0x23, 0xf8], g => g.Cpu[Gpr.Rax] = 1 << 13),
        new("RDMSR EFER", [0x0f, 0x32], g => g.Cpu[Gpr.Rcx] = Efer),
        new("RDMSR GS_BASE", [0x0f, 0x32], g => (g.Cpu[Gpr.Rcx], g.Cpu[Gpr.Rax]) = (GsBase, 1)),
        new("RDMSR, unknown", [0x0f, 0x32], g => g.Cpu[Gpr.Rcx] = SmiCount),
        new("WRMSR EFER, nothing set", [0x0f, 0x30], g => g.Cpu[Gpr.Rcx] = Efer),
        new("WRMSR GS_BASE", [0x0f, 0x30], g => (g.Cpu[Gpr.Rcx], g.Cpu[Gpr.Rax]) = (GsBase, 0x1000)),
        new("RDPMC", [0x0f, 0x33]),
        new("RDTSC", [0x0f, 0x31]),
        new("RDTSC, CR4.TSD set", [0x0f, 0x31], g => g.Vcpu.SetCr4(TimeStampDisable)),
        new("RDTSCP", [0x0f, 0x01, 0xf9]),
        new("RDTSCP, CR4.TSD set", [0x0f, 0x01, 0xf9], g => g.Vcpu.SetCr4(TimeStampDisable)),
        new("XGETBV", [0x0f, 0x01, 0xd0]),
        new("XSETBV", [0x0f, 0x01, 0xd1], g => g.Cpu[Gpr.Rax] = 1),
        new("RDFSBASE", [0xf3, 0x48, 0x0f, 0xae, 0xc0], [0xf3, 0x0f, 0xae, 0xc0]),
        new("RDGSBASE", [0xf3, 0x48, 0x0f, 0xae, 0xc8], [0xf3, 0x0f, 0xae, 0xc8]),
        new("WRFSBASE", [0xf3, 0x48, 0x0f, 0xae, 0xd0], [0xf3, 0x0f, 0xae, 0xd0]),
        new("WRGSBASE", [0xf3, 0x48, 0x0f, 0xae, 0xd8], [0xf3, 0x0f, 0xae, 0xd8]),
        new("SWAPGS", [0x0f, 0x01, 0xf8]),
    ];

    private static SensitiveInstruction[] Others() =>
    [
        new("LGDT", [0x0f, 0x01, 0x17]),
        new("LIDT", [0x0f, 0x01, 0x1f]),
        new("LLDT", [0x0f, 0x00, 0xd0]),
        new("LTR", [0x0f, 0x00, 0xd8], g => g.Cpu[Gpr.Rax] = 0xe040),
        new("INVLPG", [0x0f, 0x01, 0x3f]),
        new("INVD", [0x0f, 0x08]),
        new("WBINVD", [0x0f, 0x09]),
        new("HLT", [0xf4]),
        new("CPUID", [0x0f, 0xa2], g => g.Cpu[Gpr.Rax] = 0x4000_0000),
        new("CPUID, forced", [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2], g => g.Cpu[Gpr.Rax] = 0x4000_0000),
        new("MONITOR", [0x0f, 0x01, 0xc8], g => g.Cpu[Gpr.Rax] = SensitiveGuest.Buffer),
        new("MWAIT", [0x0f, 0x01, 0xc9]),
        new("VMCALL", [0x0f, 0x01, 0xc1]),
        new("VMMCALL", [0x0f, 0x01, 0xd9]),
        new("CLAC", [0x0f, 0x01, 0xca]),
        new("STAC", [0x0f, 0x01, 0xcb]),
        new("RSM", [0x0f, 0xaa]),
    ];

    /// <summary>What IRET pops: in 64-bit code always a stack as well.</summary>
    private static void Return(SensitiveGuest g, ushort cs)
    {
        ulong flags = Flags | Carry;
        if (g.Mode.Is64Bit) g.Push(SensitiveGuest.Target, cs, flags, SensitiveGuest.Target, g.Mode.Ss);
        else g.Push(SensitiveGuest.Target, cs, flags);
    }

    private static void AskVersion(SensitiveGuest g) => (g.Cpu[Gpr.Rax], g.Cpu[Gpr.Rdi]) = (Version, 0);

    private static ulong Root(SensitiveGuest g, ulong mfn) => g.Vcpu.Domain.Is32Bit ? FoldedCr3.Make(mfn) : mfn << 12;
}
