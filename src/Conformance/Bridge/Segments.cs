using Implementation.Hypervisor;

namespace Conformance.Bridge;

/// <summary>What ring protection knows of a descriptor.</summary>
/// <param name="Level">its privilege level</param>
/// <param name="IsConforming">code that runs at the level of whoever enters it</param>
/// <param name="Base">of the segment</param>
/// <param name="IsBig">its code has operands of 32 bits</param>
internal readonly record struct DescriptorFacts(int Level, bool IsCode, bool IsData, bool IsGate, bool IsLong, bool IsConforming, uint Base, bool IsBig = false)
{
    private const ulong Present = 1UL << 47, CodeOrData = 1UL << 44, Code = 1UL << 43, Conforming = 1UL << 42, Readable = 1UL << 41, Long = 1UL << 53, Big = 1UL << 54;

    private const uint CallGate = 0xc;

    /// <summary>Code that a data selector may name.</summary>
    public bool IsReadableCode { get; init; }

    public bool IsSegment => IsCode || IsData;

    /// <summary>Reads eight bytes as the processor does (SDM Vol. 3A, 3.4.5); what is not present is nothing that could be loaded.</summary>
    public static DescriptorFacts Of(ulong raw)
    {
        int level = (int)(raw >> 45) & 3;
        if ((raw & Present) == 0) return new(level, false, false, false, false, false, 0);
        bool isSegment = (raw & CodeOrData) != 0, isCode = isSegment && (raw & Code) != 0;
        bool isGate = !isSegment && ((uint)(raw >> 40) & 0xf) == CallGate;
        uint linear = (uint)((raw >> 16 & 0xff_ffff) | (raw >> 32 & 0xff00_0000));
        return new(level, isCode, isSegment && !isCode, isGate, isCode && (raw & Long) != 0, isCode && (raw & Conforming) != 0, isSegment ? linear : 0, (raw & Big) != 0) { IsReadableCode = isCode && (raw & Readable) != 0 };
    }
}

/// <summary>Selectors, and the part of every descriptor table that is Xen's (xen/include/public/arch-x86/xen-x86_64.h, xen-x86_32.h).</summary>
internal static class Segments
{
    /// <summary>Positions of a GDT and, behind them, of an LDT.</summary>
    public const int Positions = 2 * PositionsOfTable;

    /// <summary>A table of 64 KiB.</summary>
    public const int PositionsOfTable = 8192;

    public const ushort FlatCode64 = 0xe033, FlatCompatible64 = 0xe023, FlatStack64 = 0xe02b, FlatUserCode32 = 0xe02b, FlatUserData32 = 0xe033;

    private const int LocalBit = 1 << 2;

    /// <summary>The position of Xen's own code, the first of Xen's descriptors.</summary>
    private const int FirstXens = 0xe008 >> 3;

    /// <summary>Xen's descriptors from the first on; nothing stands at the third of a 64-bit guest's.</summary>
    private static readonly DescriptorFacts[]
        s_xensOf64 = [Code(0, isLong: true), Data(0), default, Code(3), Data(3), Code(3, isLong: true), Code(0)],
        s_xensOf32 = [Code(0, isLong: true), Data(0), Code(1), Data(1), Code(3), Data(3), Code(0)];

    /// <summary>The position that a selector names.</summary>
    public static int Position(ushort selector) => (selector >> 3) | ((selector & LocalBit) != 0 ? PositionsOfTable : 0);

    /// <summary>The selector is null: its position is none.</summary>
    public static bool IsNull(ushort selector) => selector < 4;

    /// <summary>The position is one of Xen's in every GDT.</summary>
    public static bool IsXens(ulong position) => position is >= Abi.FirstReservedDescriptor and < PositionsOfTable;

    /// <summary>The descriptors that every guest of the kind finds there.</summary>
    /// <returns>the position of the first, and it and those behind it, the default where nothing stands</returns>
    public static (int First, DescriptorFacts[] Facts) Xens(bool is32Bit) => (FirstXens, is32Bit ? s_xensOf32 : s_xensOf64);

    /// <summary>A selector that a guest gives Xen to enter it by, with a level that is not inside that of its kernel.</summary>
    public static ushort Raised(ushort selector, bool is32Bit)
    {
        int kernel = is32Bit ? 1 : 3;
        return (selector & 3) < kernel ? (ushort)((selector & ~3) | kernel) : selector;
    }

    /// <summary>The descriptor that a vCPU's tables have for a selector.</summary>
    /// <param name="frames">the frames of its GDT, 0 for none</param>
    public static DescriptorFacts Read(Vcpu vcpu, ReadOnlySpan<ulong> frames, ushort selector)
    {
        int position = Position(selector), page = position / Abi.DescriptorsPerPage;
        DescriptorFacts[] ofXen = Xens(vcpu.Domain.Is32Bit).Facts;
        if ((uint)(position - FirstXens) < ofXen.Length && ofXen[position - FirstXens] is { IsSegment: true } facts) return facts;
        if (IsNull(selector) || page >= frames.Length || frames[page] == 0) return default;
        return DescriptorFacts.Of(vcpu.Domain.Xen.Memory.Entries(frames[page])[position % Abi.DescriptorsPerPage]);
    }

    private static DescriptorFacts Code(int level, bool isLong = false) =>
        new(level, IsCode: true, IsData: false, IsGate: false, isLong, IsConforming: false, Base: 0, IsBig: !isLong) { IsReadableCode = true };

    private static DescriptorFacts Data(int level) =>
        new(level, IsCode: false, IsData: true, IsGate: false, IsLong: false, IsConforming: false, Base: 0, IsBig: true);
}
