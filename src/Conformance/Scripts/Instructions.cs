namespace Conformance.Scripts;

/// <summary>The privileged and sensitive instructions that scripts execute one at a time (SDM Vol. 2).</summary>
/// <remarks>
/// By rule there is none that loads a stack pointer, a code segment or the trap flag, since the program stands on them, and none that leaves
/// for an address of its own choice (SYSENTER, IRET, far returns).
/// </remarks>
public static class Instructions
{
    private const ulong Efer = 0xc000_0080, GsBase = 0xc000_0101, KernelGsBase = 0xc000_0102, ApicBase = 0x1b, Pat = 0x277, SmiCount = 0x34;

    /// <summary>Selectors of the descriptors that Xen puts into every guest's GDT, and one past its end.</summary>
    private const ulong FlatData = 0xe02b, FlatCode = 0xe033, NoSelector = 0xdeac;

    /// <summary>CR0 as Xen shows it, without TS.</summary>
    private const ulong HostCr0 = 0x8005_0033;

    private const ulong NotCanonical = 0x0000_8000_0000_0000;

    private const string Hardware = "the first domain reaches the hardware";

    private static readonly InstructionRow[] Rows =
    [
        new("cli", [0xfa]),
        new("sti", [0xfb]),
        new("hlt", [0xf4]),
        new("clts", [0x0f, 0x06]),
        new("invd", [0x0f, 0x08]),
        new("wbinvd", [0x0f, 0x09]),
        new("invlpg", [0x0f, 0x01, 0x3f], Rdi: Operand.Buffer()),
        new("swapgs", [0x0f, 0x01, 0xf8]),
        new("sysret", [0x48, 0x0f, 0x07]),
        new("sysexit", [0x0f, 0x35]),
        new("rsm", [0x0f, 0xaa]),

        new("mov_rax_cr0", [0x0f, 0x20, 0xc0]),
        new("mov_rax_cr2", [0x0f, 0x20, 0xd0]),
        new("mov_rax_cr3", [0x0f, 0x20, 0xd8]),
        new("mov_rax_cr4", [0x0f, 0x20, 0xe0]),
        new("mov_rax_cr8", [0x44, 0x0f, 0x20, 0xc0]),
        new("mov_cr0_host", [0x0f, 0x22, 0xc0], Rax: Operand.Number(HostCr0)),
        new("mov_cr0_none", [0x0f, 0x22, 0xc0]),
        new("mov_cr2_rax", [0x0f, 0x22, 0xd0], Rax: Operand.Number(0x1234)),
        new("mov_cr3_none", [0x0f, 0x22, 0xd8]),
        new("mov_cr4_none", [0x0f, 0x22, 0xe0]),
        new("mov_cr8_rax", [0x44, 0x0f, 0x22, 0xc0]),
        new("lmsw", [0x0f, 0x01, 0xf0]),
        new("smsw", [0x48, 0x0f, 0x01, 0xe0]),
        new("mov_rax_dr0", [0x0f, 0x21, 0xc0]),
        new("mov_rax_dr6", [0x0f, 0x21, 0xf0]),
        new("mov_rax_dr7", [0x0f, 0x21, 0xf8]),
        new("mov_dr0_rax", [0x0f, 0x23, 0xc0], Rax: Operand.Number(Stage.Window)),
        new("mov_dr0_not_canonical", [0x0f, 0x23, 0xc0], Rax: Operand.Number(NotCanonical)),
        new("mov_dr7_off", [0x0f, 0x23, 0xf8], Rax: Operand.Number(0x400)),

        Rdmsr("pat", Pat), Rdmsr("efer", Efer), Rdmsr("gs_base", GsBase), Rdmsr("kernel_gs_base", KernelGsBase),
        Rdmsr("apic_base", ApicBase), Rdmsr("unknown", SmiCount),
        Wrmsr("pat_none", Pat, 0), Wrmsr("efer_none", Efer, 0), Wrmsr("gs_base", GsBase, 0x1000),
        Wrmsr("gs_base_not_canonical", GsBase, NotCanonical), Wrmsr("kernel_gs_base", KernelGsBase, 0x2000), Wrmsr("unknown", SmiCount, 1),
        new("rdpmc", [0x0f, 0x33]),
        new("rdtsc", [0x0f, 0x31]) { ReadsClock = true },
        new("rdtscp", [0x0f, 0x01, 0xf9]) { ReadsClock = true },
        new("cpuid_vendor", [0x0f, 0xa2]),
        new("cpuid_xen", [0x0f, 0xa2], Rax: Operand.Number(0x4000_0000)),
        new("cpuid_forced", [0x0f, 0x0b, 0x78, 0x65, 0x6e, 0x0f, 0xa2], Rax: Operand.Number(0x4000_0001)),
        new("xgetbv", [0x0f, 0x01, 0xd0]),
        new("xsetbv", [0x0f, 0x01, 0xd1], Rax: Operand.Number(1)),
        new("rdfsbase", [0xf3, 0x48, 0x0f, 0xae, 0xc0]),

        new("in_al_dx", [0xec], Rdx: Operand.Number(0x80), NotOnRealXen: Hardware),
        new("in_eax_71", [0xe5, 0x71], NotOnRealXen: Hardware),
        new("out_dx_al", [0xee], Rdx: Operand.Number(0x80), NotOnRealXen: Hardware),
        new("out_80_al", [0xe6, 0x80], NotOnRealXen: Hardware),
        new("insb", [0x6c], Rdx: Operand.Number(0x80), Rdi: Operand.Buffer(), NotOnRealXen: Hardware),

        new("lgdt", [0x0f, 0x01, 0x17], Rdi: Operand.Buffer()),
        new("lidt", [0x0f, 0x01, 0x1f], Rdi: Operand.Buffer()),
        new("sgdt", [0x0f, 0x01, 0x07], Rdi: Operand.Buffer()),
        new("sidt", [0x0f, 0x01, 0x0f], Rdi: Operand.Buffer()),
        new("lldt", [0x0f, 0x00, 0xd0]),
        new("ltr", [0x0f, 0x00, 0xd8]),
        new("sldt", [0x48, 0x0f, 0x00, 0xc0]),
        new("str", [0x48, 0x0f, 0x00, 0xc8]),
        .. OfSelectors("lar", 0x0f, 0x02, 0xc0), .. OfSelectors("lsl", 0x0f, 0x03, 0xc0),
        .. OfSelectors("verr", 0x0f, 0x00, 0xe0), .. OfSelectors("verw", 0x0f, 0x00, 0xe8), .. OfSelectors("mov_es", 0x8e, 0xc0),

        new("pushf", [0x9c, 0x58]),
        new("popf_if_off", [0x50, 0x9d], Rax: Operand.Number(0x002)),
        new("popf_iopl_3", [0x50, 0x9d], Rax: Operand.Number(0x3202)),
        new("ud2", [0x0f, 0x0b]),
        new("int3", [0xcc]),
        new("into", [0xce]),
        new("fnop", [0xd9, 0xd0]),
        new("vmcall", [0x0f, 0x01, 0xc1]),
        new("vmmcall", [0x0f, 0x01, 0xd9]),
        new("monitor", [0x0f, 0x01, 0xc8], Rax: Operand.Buffer()),
        new("mwait", [0x0f, 0x01, 0xc9]),
        new("clac", [0x0f, 0x01, 0xca]),

        // One for each exception that an instruction raises by itself, beside those above; for #NP, #MF and #AC something would have to be left behind.
        new("div_by_zero", [0xf7, 0xf1]),
        new("icebp", [0xf1]),
        new("ud1", [0x0f, 0xb9, 0xc0]),
        new("bound", [0x62, 0x07], Rdi: Operand.Buffer()),
        new("load_not_canonical", [0x48, 0x8b, 0x07], Rdi: Operand.Number(NotCanonical)),
        new("load_not_canonical_from_stack", [0x48, 0x8b, 0x04, 0x3c], Rdi: Operand.Number(1UL << 62)),

        // MOV [rsp-16], 1F00h; LDMXCSR [rsp-16]; XORPS xmm0, xmm0; DIVPS xmm0, xmm0. It loads all of MXCSR that it depends on.
        new("divide_zero_floats", [
            0xc7, 0x44, 0x24, 0xf0, 0x00, 0x1f, 0, 0, 0x0f, 0xae, 0x54, 0x24, 0xf0, 0x0f, 0x57, 0xc0, 0x0f, 0x5e, 0xc0]),
    ];

    /// <summary>All rows, in the order of their numbers in scripts.</summary>
    public static IReadOnlyList<InstructionRow> All => Rows;

    public static int Count => Rows.Length;

    public static InstructionRow Of(int index) => Rows[index];

    private static InstructionRow Rdmsr(string name, ulong number) => new($"rdmsr_{name}", [0x0f, 0x32], Rcx: Operand.Number(number));

    private static InstructionRow Wrmsr(string name, ulong number, ulong value) => new(
        $"wrmsr_{name}", [0x0f, 0x30], Operand.Number((uint)value), Operand.Number(number), Operand.Number(value >> 32));

    /// <summary>An instruction that takes a selector in AX: none, one that Xen lets it have, one of code, one past the table.</summary>
    private static InstructionRow[] OfSelectors(string name, params byte[] bytes) =>
    [
        new($"{name}_null", bytes),
        new($"{name}_data", bytes, Operand.Number(FlatData)),
        new($"{name}_code", bytes, Operand.Number(FlatCode)),
        new($"{name}_none", bytes, Operand.Number(NoSelector)),
    ];
}
