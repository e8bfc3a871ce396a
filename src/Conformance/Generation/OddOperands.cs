using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>Operands that a guest who means well would not choose.</summary>
internal static class OddOperands
{
    private const ulong Present = 1, Writable = 2, User = 4, Pse = 0x80, LeafBits = Present | User | 0x20;

    /// <summary>Where the address space's parts meet: null, the canonical boundary, Xen's range, the top.</summary>
    private static readonly ulong[] Addresses =
    [
        0, 8, Stage.Window - 8, Stage.Window + 1, Stage.Window + 0xffc, 0x7fff_ffff_f000, 0x0000_8000_0000_0000, 0xffff_7fff_ffff_fff8, 0xffff_8000_0000_0000,
        0xffff_8040_0000_0000, 0xffff_82d0_8000_0000, 0xffff_87ff_ffff_fff8, 0xffff_8800_0000_0000, ulong.MaxValue - 7, ulong.MaxValue,
    ];

    /// <summary>The same of a 32-bit domain: null, around the window, the last GiB, Xen's range, the top.</summary>
    private static readonly ulong[] NarrowAddresses =
        [0, 8, 0x3fff_fffc, 0x4000_0001, 0x4000_0ffe, 0x7fff_ffff, 0xbfff_fffc, 0xf57f_fffc, 0xf580_0000, 0xf580_0004, 0xffff_fffc, uint.MaxValue];

    private static readonly ulong[] Frames = [0, 1, 0xff_ffff, 0xf_ffff_ffff, 0x10_0000_0000, 0xf_ffff_ffff_ffff, ulong.MaxValue];

    private static readonly ulong[] Bits = [1UL << 3, 1UL << 4, Pse, 1UL << 8, 1UL << 9, 1UL << 11, 1UL << 52, 1UL << 62, 1UL << 63, 0x40, User];

    private static readonly ulong[] Slots = [0, 1, 2, 3, 255, 256, 257, 271, 272, 300, 510, 511];

    /// <summary>Of a 32-bit domain's tables: those where Xen's begin in the last of the second level, and the root's last.</summary>
    private static readonly ulong[] NarrowSlots = [0, 1, 2, 3, 4, 427, 428, 430, 511];

    private static readonly ulong[] Ids = [0, 1, Operations.DomidIo, Operations.DomidXen, Operations.DomidSelf, 0x7ff3, 0x1234, 0xffff, uint.MaxValue];

    private static readonly ulong[] Words = [0, 1, 2, 0x7f, 0x80, 0xffff, int.MaxValue, 0x8000_0000, uint.MaxValue, 1UL << 32, long.MaxValue, 1UL << 63, ulong.MaxValue];

    /// <summary>At an edge of its sort: the first, the last, one past it; another domain's; Xen's; not aligned.</summary>
    public static Operand Edge(ref Choices choices, OperandRow row, int domain, StageShape shape) => row.Sort switch
    {
        Sort.Choice => Choice(ref choices, row),
        Sort.Frame => Frame(ref choices, domain, shape),
        Sort.Entry => Entry(ref choices, domain, shape),
        Sort.Slot => Operand.Number(choices.Of<ulong>(shape.Space.IsNarrow ? NarrowSlots : Slots)),
        Sort.Address or Sort.Pointer or Sort.OptionalPointer => Operand.Number(choices.Of<ulong>(shape.Space.IsNarrow ? NarrowAddresses : Addresses)),
        Sort.Domain or Sort.Self => choices.Percent(50) ? Operand.DomainId(1 + choices.Below(shape.Domains)) : Operand.Number(choices.Of<ulong>(Ids)),
        Sort.Vcpu => Operand.Number((ulong)shape.Vcpus + (ulong)choices.Below(2)),
        Sort.Port => choices.Percent(50) ? Operand.Port(1 + choices.Below(shape.Domains), choices.Below(Stage.Ports)) : Operand.Number(choices.Of<ulong>([0, 1, 1023, 4095, 4096, uint.MaxValue])),
        Sort.Command or Sort.Count or Sort.Flags => choices.Percent(60) ? Operand.Number(unchecked(row.Most + (ulong)choices.Below(3) - 1)) : Word(ref choices),
        Sort.Descriptor => Operand.Number(choices.Of<ulong>([0x00cf_9b00_0000_ffff, 0x00cf_f300_0000_ffff, 0x0000_8c00_0000_0000, 0x0000_e900_0000_0000, 0x00af_bb00_0000_ffff, 0x00cf_fa00_0000_ffff, ulong.MaxValue])),
        _ => Word(ref choices),
    };

    /// <summary>Arbitrary bits, or a reference that is not of its sort.</summary>
    public static Operand Arbitrary(ref Choices choices, OperandRow row, int domain, StageShape shape)
    {
        if (row.Sort == Sort.Choice) return Choice(ref choices, row);
        int owner = 1 + choices.Below(shape.Domains);
        return choices.Below(8) switch
        {
            0 => Operand.Frame(owner, choices.Below(StageFrame.Count)),
            1 => Operand.Machine(owner, choices.Below(StageFrame.Count), choices.Next() >> choices.Below(64)),
            2 when row.Sort != Sort.Entry => Operand.Buffer((ulong)choices.Below(64)),
            3 => Operand.Port(domain, choices.Below(Stage.Ports)),
            _ => Operand.Number(choices.Next() >> choices.Below(64)),
        };
    }

    private static Operand Choice(ref Choices choices, OperandRow row) => Operand.Number(row.Choices[choices.Below(row.Choices.Count)]);

    private static Operand Word(ref Choices choices) => Operand.Number(choices.Of<ulong>(Words));

    private static Operand Frame(ref Choices choices, int domain, StageShape shape) => choices.Below(4) switch
    {
        0 => Operand.Number(choices.Of<ulong>(Frames)),
        1 => Operand.Frame(1 + (domain % shape.Domains), choices.Below(StageFrame.Count)),
        2 => Operand.Frame(domain, StageFrame.Root + choices.Below(StageFrame.Count - StageFrame.Root)),
        _ => Operand.Frame(domain, choices.Below(StageFrame.Count)),
    };

    private static Operand Entry(ref Choices choices, int domain, StageShape shape) => choices.Below(4) switch
    {
        0 => Operand.Machine(1 + (domain % shape.Domains), choices.Below(StageFrame.Count), LeafBits | ((ulong)choices.Below(2) * Writable)),
        1 => Operand.Machine(domain, StageFrame.Root + choices.Below(StageFrame.Count - StageFrame.Root), LeafBits | ((ulong)choices.Below(2) * Writable)),
        2 => Frame(ref choices, domain, shape).ToMachine(LeafBits),
        _ => Operand.Machine(domain, choices.Below(StageFrame.Pool), (LeafBits | ((ulong)choices.Below(2) * Writable)) ^ choices.Of<ulong>(Bits)),
    };
}
