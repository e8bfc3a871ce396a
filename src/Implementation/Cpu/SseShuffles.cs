using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>PUNPCKLBW and its wider sisters: elements of the lower halves, alternating.</summary>
internal readonly struct InterleaveLowerBytes : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) =>
        (Vector128.WidenLower(a) | (Vector128.WidenLower(b) << 8)).AsByte();
}

internal readonly struct InterleaveUpperBytes : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) =>
        (Vector128.WidenUpper(a) | (Vector128.WidenUpper(b) << 8)).AsByte();
}

internal readonly struct InterleaveLowerWords : IPackedOperation<ushort>
{
    public static Vector128<ushort> Compute(Vector128<ushort> a, Vector128<ushort> b) =>
        (Vector128.WidenLower(a) | (Vector128.WidenLower(b) << 16)).AsUInt16();
}

internal readonly struct InterleaveUpperWords : IPackedOperation<ushort>
{
    public static Vector128<ushort> Compute(Vector128<ushort> a, Vector128<ushort> b) =>
        (Vector128.WidenUpper(a) | (Vector128.WidenUpper(b) << 16)).AsUInt16();
}

internal readonly struct InterleaveLowerDoublewords : IPackedOperation<uint>
{
    public static Vector128<uint> Compute(Vector128<uint> a, Vector128<uint> b) => Vector128.Create(a[0], b[0], a[1], b[1]);
}

internal readonly struct InterleaveUpperDoublewords : IPackedOperation<uint>
{
    public static Vector128<uint> Compute(Vector128<uint> a, Vector128<uint> b) => Vector128.Create(a[2], b[2], a[3], b[3]);
}

internal readonly struct InterleaveLowerQuadwords : IPackedOperation<ulong>
{
    public static Vector128<ulong> Compute(Vector128<ulong> a, Vector128<ulong> b) => Vector128.Create(a[0], b[0]);
}

internal readonly struct InterleaveUpperQuadwords : IPackedOperation<ulong>
{
    public static Vector128<ulong> Compute(Vector128<ulong> a, Vector128<ulong> b) => Vector128.Create(a[1], b[1]);
}

/// <summary>Signed words to signed bytes, doublewords to words, with saturation; DEST becomes the lower half.</summary>
internal readonly struct PackWords : IPackedOperation<short>
{
    public static Vector128<short> Compute(Vector128<short> a, Vector128<short> b) =>
        Vector128.NarrowWithSaturation(a, b).AsInt16();
}

internal readonly struct PackDoublewords : IPackedOperation<int>
{
    public static Vector128<int> Compute(Vector128<int> a, Vector128<int> b) => Vector128.NarrowWithSaturation(a, b).AsInt32();
}

/// <summary>PACKUSWB: signed words to unsigned bytes.</summary>
internal readonly struct PackWordsUnsigned : IPackedOperation<short>
{
    public static Vector128<short> Compute(Vector128<short> a, Vector128<short> b) =>
        Vector128.Narrow(Clamp(a).AsUInt16(), Clamp(b).AsUInt16()).AsInt16();

    private static Vector128<short> Clamp(Vector128<short> v) =>
        Vector128.Min(Vector128.Max(v, default), Vector128.Create((short)255));
}

/// <summary>PSHUFD: four doublewords of SRC, each chosen by two bits of the immediate.</summary>
internal readonly struct ShuffleDoublewords : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Shuffle(src.AsUInt32(), Choice.Four(control)).AsByte();
}

/// <summary>PSHUFLW: the four lower words.</summary>
internal readonly struct ShuffleLowerWords : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Shuffle(src.AsUInt16(), Vector128.Create(Choice.Words(control), Vector64.Create((ushort)4, 5, 6, 7))).AsByte();
}

/// <summary>PSHUFHW: the four upper words.</summary>
internal readonly struct ShuffleUpperWords : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Shuffle(
            src.AsUInt16(),
            Vector128.Create(Vector64.Create((ushort)0, 1, 2, 3), Choice.Words(control) + Vector64.Create((ushort)4))).AsByte();
}

/// <summary>SHUFPS: two of DEST, then two of SRC.</summary>
internal readonly struct ShuffleSingles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control)
    {
        Vector128<uint> choice = Choice.Four(control);
        return Vector128.Create(
            Vector128.Shuffle(dest.AsUInt32(), choice).GetLower(), Vector128.Shuffle(src.AsUInt32(), choice).GetUpper()).AsByte();
    }
}

/// <summary>SHUFPD: one of DEST, then one of SRC.</summary>
internal readonly struct ShuffleDoubles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Create(dest.AsUInt64()[control.Immediate & 1], src.AsUInt64()[(control.Immediate >> 1) & 1]).AsByte();
}

/// <summary>MOVSLDUP: the even singles, each twice.</summary>
internal readonly struct DuplicateEvenSingles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Shuffle(src.AsUInt32(), Vector128.Create(0u, 0, 2, 2)).AsByte();
}

/// <summary>MOVSHDUP: the odd singles, each twice.</summary>
internal readonly struct DuplicateOddSingles : IVectorOperation<Xmm>
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        Vector128.Shuffle(src.AsUInt32(), Vector128.Create(1u, 1, 3, 3)).AsByte();
}

/// <summary>MOVDDUP: the lower double twice.</summary>
internal readonly struct DuplicateDouble : IVectorOperation<ulong>
{
    public static Xmm Compute(Xmm dest, ulong src, Control control) => Vector128.Create(src).AsByte();
}

/// <summary>PINSRW: one word, the others kept.</summary>
internal readonly struct InsertWord : IVectorOperation<ushort>
{
    public static Xmm Compute(Xmm dest, ushort src, Control control) =>
        dest.AsUInt16().WithElement(control.Immediate & 7, src).AsByte();
}

/// <summary>PEXTRW: one word, zero-extended.</summary>
internal readonly struct ExtractWord : IGeneralOperation<Vector128<ushort>, uint>
{
    public static uint Compute(Vector128<ushort> src, Control control) => src[control.Immediate & 7];
}

/// <summary>PMOVMSKB, MOVMSKPS, MOVMSKPD: the top bit of every element.</summary>
internal readonly struct TopBits<T> : IGeneralOperation<Vector128<T>, uint> where T : unmanaged
{
    public static uint Compute(Vector128<T> src, Control control) => Vector128.ExtractMostSignificantBits(src);
}

/// <summary>The element numbers that an immediate encodes in two bits each.</summary>
internal static class Choice
{
    public static Vector128<uint> Four(Control control)
    {
        uint order = control.Immediate;
        return Vector128.Create(order & 3, (order >> 2) & 3, (order >> 4) & 3, order >> 6);
    }

    public static Vector64<ushort> Words(Control control)
    {
        int order = control.Immediate;
        return Vector64.Create((ushort)(order & 3), (ushort)((order >> 2) & 3), (ushort)((order >> 4) & 3), (ushort)(order >> 6));
    }
}

/// <summary>Elements moved about: unpack, pack, shuffle, insert, extract (SDM Vol. 1, 10.4.1.3, 11.4.1.3 and 11.4.2).</summary>
internal static class SseShuffles
{
    public static void Register(InstructionTable table)
    {
        Add<InterleaveLowerBytes, byte>(table, Mnemonic.Punpcklbw);
        Add<InterleaveUpperBytes, byte>(table, Mnemonic.Punpckhbw);
        Add<InterleaveLowerWords, ushort>(table, Mnemonic.Punpcklwd);
        Add<InterleaveUpperWords, ushort>(table, Mnemonic.Punpckhwd);
        Add<InterleaveLowerDoublewords, uint>(table, Mnemonic.Punpckldq, Mnemonic.Unpcklps);
        Add<InterleaveUpperDoublewords, uint>(table, Mnemonic.Punpckhdq, Mnemonic.Unpckhps);
        Add<InterleaveLowerQuadwords, ulong>(table, Mnemonic.Punpcklqdq, Mnemonic.Unpcklpd);
        Add<InterleaveUpperQuadwords, ulong>(table, Mnemonic.Punpckhqdq, Mnemonic.Unpckhpd);

        Add<PackWords, short>(table, Mnemonic.Packsswb);
        Add<PackDoublewords, int>(table, Mnemonic.Packssdw);
        Add<PackWordsUnsigned, short>(table, Mnemonic.Packuswb);

        SseForms.Add<ShuffleDoublewords>(table, Mnemonic.Pshufd);
        SseForms.Add<ShuffleLowerWords>(table, Mnemonic.Pshuflw);
        SseForms.Add<ShuffleUpperWords>(table, Mnemonic.Pshufhw);
        SseForms.Add<ShuffleSingles>(table, Mnemonic.Shufps);
        SseForms.Add<ShuffleDoubles>(table, Mnemonic.Shufpd);

        SseForms.Add<DuplicateEvenSingles>(table, Mnemonic.Movsldup);
        SseForms.Add<DuplicateOddSingles>(table, Mnemonic.Movshdup);
        SseForms.Add<DuplicateDouble, ulong>(table, Mnemonic.Movddup);

        SseForms.Add<InsertWord, ushort>(table, Mnemonic.Pinsrw);
        table.Add(Mnemonic.Pextrw, SseForms.ToGeneral<ExtractWord, Vector128<ushort>, uint>, Traits.None);
        table.Add(Mnemonic.Pmovmskb, SseForms.ToGeneral<TopBits<byte>, Xmm, uint>, Traits.None);
        table.Add(Mnemonic.Movmskps, SseForms.ToGeneral<TopBits<float>, Vector128<float>, uint>, Traits.None);
        table.Add(Mnemonic.Movmskpd, SseForms.ToGeneral<TopBits<double>, Vector128<double>, uint>, Traits.None);
    }

    private static void Add<TOp, T>(InstructionTable table, params ReadOnlySpan<Mnemonic> mnemonics)
        where TOp : IPackedOperation<T> where T : unmanaged
    {
        foreach (Mnemonic mnemonic in mnemonics) SseForms.Add<Packed<TOp, T>>(table, mnemonic);
    }
}
