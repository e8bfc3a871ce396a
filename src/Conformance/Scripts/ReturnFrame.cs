namespace Conformance.Scripts;

/// <summary>Where an iret act goes on. The addresses of the first two are the program's.</summary>
public enum ReturnPlace : byte
{
    /// <summary>Behind the act.</summary>
    After,

    /// <summary>At an instruction that does not exist.</summary>
    Undefined,

    NotCanonical,

    /// <summary>An address of Xen's.</summary>
    Xens,

    /// <summary>An address that no slot of a script's leads to.</summary>
    Unmapped,

    Null,
}

/// <summary>Which stack pointer an iret act goes on with.</summary>
public enum ReturnStack : byte
{
    Kernels,
    Users,
    NotCanonical,
    Xens,
    Unmapped,
    Null,
}

/// <summary>The frame of an iret act, for the domains of a stage (struct iret_context, xen/include/public/arch-x86/xen-x86_64.h).</summary>
/// <param name="InSyscall">VGCF_in_syscall: it says that it is of a system call</param>
public readonly record struct ReturnFrame(ReturnPlace Place, ushort Cs, ulong Flags, ReturnStack Stack, ushort Ss, bool InSyscall)
{
    private const ulong NotCanonical = 0x0000_8000_0000_0000, Xens = 0xffff_82d0_8000_0000, Unmapped = 0x0000_0200_0000_0000;

    /// <summary>Places of operands: CS, RFLAGS, RSP.</summary>
    public const int CodeIndex = 1, FlagsIndex = 2, StackIndex = 3;

    /// <summary>RFLAGS: none but the bit that is always set, or not even that; IOPL, TF, NT, RF, VM, AC. Each with IF and without.</summary>
    private static readonly ulong[] ChosenFlags =
        [0x202, 0x2, 0, 0x3202, 0x3002, 0x302, 0x102, 0x4202, 0x4002, 0x1_0202, 0x1_0002, 0x2_0202, 0x2_0002, 0x4_0202, 0x4_0002];

    // Of the descriptors that Xen puts into every GDT; entry 1 of the guest's own GDT and LDT; past the end of every table.
    private static readonly (string Name, ushort Of64)[]
        Codes =
        [
            ("kernel", 0xe030), ("user", 0xe033), ("null", 0), ("null_3", 3), ("rpl_1", 0xe031), ("rpl_2", 0xe032), ("xen", 0xe008), ("xen_3", 0xe00b),
            ("other_bits", 0xe023), ("data", 0xe02b), ("own", 0xb), ("local", 0xf), ("none", 0xdeaf),
        ],
        Stacks = [("flat", 0xe02b), ("null", 0), ("null_3", 3), ("rpl_0", 0xe028), ("xen", 0xe010), ("code", 0xe033), ("own", 0xb), ("local", 0xf), ("none", 0xdeaf)];

    /// <summary>The operands of the act.</summary>
    public static IReadOnlyList<OperandRow> Operands { get; } =
    [
        OperandRow.Named("rip", ["after", "undefined", "not_canonical", "xen", "unmapped", "null"]),
        OperandRow.Named("cs", [.. Codes.Select(c => c.Name)]),
        OperandRow.Choice("rflags", ChosenFlags),
        OperandRow.Named("rsp", ["kernel", "user", "not_canonical", "xen", "unmapped", "null"]),
        OperandRow.Named("ss", [.. Stacks.Select(s => s.Name)]),
        OperandRow.Named("in_syscall", ["no", "yes"]),
    ];

    /// <summary>To user mode, by its code selector.</summary>
    public bool IsToUser => (Cs & 3) == 3;

    /// <summary>The frame of an act; a number beyond the choices begins anew.</summary>
    public static ReturnFrame Of(Act act) => new(
        (ReturnPlace)Chosen(act, 0, Operands[0].Choices.Count),
        Codes[Chosen(act, 1, Codes.Length)].Of64,
        act[FlagsIndex].Bits,
        (ReturnStack)Chosen(act, 3, Operands[3].Choices.Count),
        Stacks[Chosen(act, 4, Stacks.Length)].Of64,
        Chosen(act, 5, 2) == 1);

    /// <param name="after">the address behind the act</param>
    /// <param name="undefined">that of an instruction that does not exist</param>
    public ulong RipOf(ulong after, ulong undefined) => Place switch
    {
        ReturnPlace.After => after,
        ReturnPlace.Undefined => undefined,
        ReturnPlace.NotCanonical => NotCanonical,
        ReturnPlace.Xens => Xens,
        ReturnPlace.Unmapped => Unmapped,
        _ => 0,
    };

    /// <param name="kernels">the stack pointer of the program's kernel</param>
    /// <param name="users">that of its user mode</param>
    public ulong RspOf(ulong kernels, ulong users) => Stack switch
    {
        ReturnStack.Kernels => kernels,
        ReturnStack.Users => users,
        ReturnStack.NotCanonical => NotCanonical,
        ReturnStack.Xens => Xens,
        ReturnStack.Unmapped => Unmapped,
        _ => 0,
    };

    private static int Chosen(Act act, int operand, int choices) => (int)(act[operand].Bits % (ulong)choices);
}
