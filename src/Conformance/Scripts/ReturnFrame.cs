using System.Collections.Immutable;
using Implementation.Hypervisor;

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
public readonly record struct ReturnFrame(DomainKind Kind, ReturnPlace Place, ushort Cs, ulong Flags, ReturnStack Stack, ushort Ss, bool InSyscall)
{
    /// <summary>Places of operands: CS, RFLAGS, RSP.</summary>
    public const int CodeIndex = 1, FlagsIndex = 2, StackIndex = 3;

    /// <summary>RFLAGS: none but the bit that is always set, or not even that; IOPL, TF, NT, RF, VM, AC. Each with IF and without.</summary>
    private static readonly ulong[] ChosenFlags =
        [0x2, 0x202, 0, 0x3202, 0x3002, 0x302, 0x102, 0x4202, 0x4002, 0x1_0202, 0x1_0002, 0x2_0202, 0x2_0002, 0x4_0202, 0x4_0002];

    // Of the descriptors that Xen puts into every GDT; entry 1 of the guest's own GDT and LDT; past the end of every table. Flat is the stack
    // that goes with the code: FlatStack.
    private static readonly (string Name, ushort Of64, ushort Of32)[]
        Codes =
        [
            ("kernel", 0xe030, 0xe019), ("user", 0xe033, 0xe02b), ("null", 0, 0), ("null_3", 3, 3), ("rpl_1", 0xe031, 0xe029), ("rpl_2", 0xe032, 0xe02a),
            ("xen", 0xe008, 0xe008), ("xen_3", 0xe00b, 0xe00b), ("other_bits", 0xe023, 0xe009), ("data", 0xe02b, 0xe033), ("own", 0xb, 0x9), ("local", 0xf, 0xd),
            ("none", NoSelector, 0xdead),
        ],
        Stacks =
        [
            ("flat", FlatStack, FlatStack), ("null", 0, 0), ("null_3", 3, 3), ("rpl_0", 0xe028, 0xe020), ("xen", 0xe010, 0xe010), ("code", 0xe033, 0xe02b),
            ("own", 0xb, 0xb), ("local", 0xf, 0xf), ("none", 0xdeaf, 0xdeaf),
        ];

    private const ushort NoSelector = 0xdeaf, FlatStack = 0xffff, FlatStack64 = 0xe02b, KernelStack32 = 0xe021, UserStack32 = 0xe033;

    /// <summary>Not canonical, or behind all that a 32-bit guest can have; Xen's; where no slot of a script's leads to.</summary>
    private static readonly (ulong NotCanonical, ulong Xens, ulong Unmapped)
        Of64 = (0x0000_8000_0000_0000, 0xffff_82d0_8000_0000, 0x0000_0200_0000_0000),
        Of32 = (0xffff_fff0, 0xff00_0000, 0xd000_0000);

    /// <summary>The operands of the act.</summary>
    public static ImmutableArray<OperandRow> Operands { get; } =
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

    private (ulong NotCanonical, ulong Xens, ulong Unmapped) Places => Kind == DomainKind.Pv32Pae ? Of32 : Of64;

    /// <summary>The frame of an act; a number beyond the choices begins anew.</summary>
    /// <param name="kind">of the domain that carries it out</param>
    public static ReturnFrame Of(Act act, DomainKind kind = DomainKind.Pv64)
    {
        bool isNarrow = kind == DomainKind.Pv32Pae;
        (_, ushort code, ushort code32) = Codes[Chosen(act, CodeIndex, Codes.Length)];
        (_, ushort stack, ushort stack32) = Stacks[Chosen(act, 4, Stacks.Length)];
        ushort cs = isNarrow ? code32 : code, ss = isNarrow ? stack32 : stack;
        if (ss == FlatStack) ss = !isNarrow ? FlatStack64 : (cs & 2) != 0 ? UserStack32 : KernelStack32;
        ReturnPlace place = (ReturnPlace)Chosen(act, 0, Operands[0].Choices.Count);
        // Code of 32 bits has the lower half of the address: that is told to the guest, so it must not depend on where the act's code lies.
        if (!isNarrow && place == ReturnPlace.After && !IsFlat(cs)) place = ReturnPlace.Undefined;
        return new(
            kind, place, cs, act[FlagsIndex].Bits,
            (ReturnStack)Chosen(act, StackIndex, Operands[StackIndex].Choices.Count), ss, InSyscall: Chosen(act, 5, 2) == 1);
    }

    /// <param name="after">the address behind the act</param>
    /// <param name="undefined">that of an instruction that does not exist</param>
    public ulong RipOf(ulong after, ulong undefined) => Place switch
    {
        ReturnPlace.After => after,
        ReturnPlace.Undefined => undefined,
        ReturnPlace.NotCanonical => Places.NotCanonical,
        ReturnPlace.Xens => Places.Xens,
        ReturnPlace.Unmapped => Places.Unmapped,
        _ => 0,
    };

    /// <param name="kernels">the stack pointer of the program's kernel</param>
    /// <param name="users">that of its user mode</param>
    public ulong RspOf(ulong kernels, ulong users) => Stack switch
    {
        ReturnStack.Kernels => kernels,
        ReturnStack.Users => users,
        ReturnStack.NotCanonical => Places.NotCanonical,
        ReturnStack.Xens => Places.Xens,
        ReturnStack.Unmapped => Places.Unmapped,
        _ => 0,
    };

    /// <summary>Of flat 64-bit code, of whatever level; or of no code.</summary>
    private static bool IsFlat(ushort cs) => cs is 0 or 3 || (cs & ~3) is 0xe030 or 0xe008 or 0xe028 || cs == NoSelector;

    private static int Chosen(Act act, int operand, int choices) => (int)(act[operand].Bits % (ulong)choices);
}
