using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An operation on whole vectors of <typeparamref name="T"/>.</summary>
internal interface IPackedOperation<T> where T : unmanaged
{
    static abstract Vector128<T> Compute(Vector128<T> a, Vector128<T> b);
}

/// <summary>A packed operation, seen as one on bytes.</summary>
internal readonly struct Packed<TOp, T> : IVectorOperation<Xmm> where TOp : IPackedOperation<T> where T : unmanaged
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        TOp.Compute(dest.As<byte, T>(), src.As<byte, T>()).AsByte();
}

internal readonly struct PackedAnd : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) => a & b;
}

/// <summary>(NOT DEST) AND SRC.</summary>
internal readonly struct PackedAndNot : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) => ~a & b;
}

internal readonly struct PackedOr : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) => a | b;
}

internal readonly struct PackedXor : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) => a ^ b;
}

internal readonly struct PackedAdd<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => a + b;
}

internal readonly struct PackedSubtract<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => a - b;
}

internal readonly struct PackedAddSaturated<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.AddSaturate(a, b);
}

internal readonly struct PackedSubtractSaturated<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.SubtractSaturate(a, b);
}

internal readonly struct PackedEqual<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.Equals(a, b);
}

internal readonly struct PackedGreater<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.GreaterThan(a, b);
}

internal readonly struct PackedMinimum<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.Min(a, b);
}

internal readonly struct PackedMaximum<T> : IPackedOperation<T> where T : unmanaged
{
    public static Vector128<T> Compute(Vector128<T> a, Vector128<T> b) => Vector128.Max(a, b);
}

/// <summary>(DEST + SRC + 1) >> 1, without losing the carry.</summary>
internal readonly struct PackedAverageBytes : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b) =>
        (a | b) - (Vector128.ShiftRightLogical(a ^ b, 1) & Vector128.Create((byte)0x7f));
}

/// <summary>(DEST + SRC + 1) >> 1, without losing the carry.</summary>
internal readonly struct PackedAverageWords : IPackedOperation<ushort>
{
    public static Vector128<ushort> Compute(Vector128<ushort> a, Vector128<ushort> b) =>
        (a | b) - Vector128.ShiftRightLogical(a ^ b, 1);
}

internal readonly struct PackedMultiplyLow : IPackedOperation<short>
{
    public static Vector128<short> Compute(Vector128<short> a, Vector128<short> b) => a * b;
}

internal readonly struct PackedMultiplyHigh : IPackedOperation<short>
{
    public static Vector128<short> Compute(Vector128<short> a, Vector128<short> b) =>
        Vector128.Narrow(
            Vector128.ShiftRightArithmetic(Vector128.WidenLower(a) * Vector128.WidenLower(b), 16),
            Vector128.ShiftRightArithmetic(Vector128.WidenUpper(a) * Vector128.WidenUpper(b), 16));
}

internal readonly struct PackedMultiplyHighUnsigned : IPackedOperation<ushort>
{
    public static Vector128<ushort> Compute(Vector128<ushort> a, Vector128<ushort> b) =>
        Vector128.Narrow(
            Vector128.ShiftRightLogical(Vector128.WidenLower(a) * Vector128.WidenLower(b), 16),
            Vector128.ShiftRightLogical(Vector128.WidenUpper(a) * Vector128.WidenUpper(b), 16));
}

/// <summary>The low doubleword of each quadword, multiplied to 64 bits.</summary>
internal readonly struct PackedMultiplyDoublewords : IPackedOperation<ulong>
{
    public static Vector128<ulong> Compute(Vector128<ulong> a, Vector128<ulong> b) =>
        Vector128.Create((a[0] & uint.MaxValue) * (b[0] & uint.MaxValue), (a[1] & uint.MaxValue) * (b[1] & uint.MaxValue));
}

/// <summary>Products of words, added in pairs; only −32768² × 2 wraps.</summary>
internal readonly struct PackedMultiplyAdd : IPackedOperation<short>
{
    public static Vector128<short> Compute(Vector128<short> a, Vector128<short> b)
    {
        Vector128<int> sums = default;
        for (int i = 0; i < 4; i++)
            sums = sums.WithElement(i, unchecked((a[2 * i] * b[2 * i]) + (a[(2 * i) + 1] * b[(2 * i) + 1])));
        return sums.AsInt16();
    }
}

/// <summary>Sums of absolute differences of bytes, one of each half.</summary>
internal readonly struct PackedDifferenceSum : IPackedOperation<byte>
{
    public static Xmm Compute(Xmm a, Xmm b)
    {
        Xmm difference = Vector128.Max(a, b) - Vector128.Min(a, b);
        (Vector128<ushort> lower, Vector128<ushort> upper) = Vector128.Widen(difference);
        return Vector128.Create((ulong)Vector128.Sum(lower), Vector128.Sum(upper)).AsByte();
    }
}

/// <summary>Packed integers without shifts and shuffles (SDM Vol. 1, 11.4.2).</summary>
internal static class SseInteger
{
    public static void Register(InstructionTable table)
    {
        Logic(table);

        Add<PackedAdd<byte>, byte>(table, Mnemonic.Paddb);
        Add<PackedAdd<ushort>, ushort>(table, Mnemonic.Paddw);
        Add<PackedAdd<uint>, uint>(table, Mnemonic.Paddd);
        Add<PackedAdd<ulong>, ulong>(table, Mnemonic.Paddq);
        Add<PackedAddSaturated<sbyte>, sbyte>(table, Mnemonic.Paddsb);
        Add<PackedAddSaturated<short>, short>(table, Mnemonic.Paddsw);
        Add<PackedAddSaturated<byte>, byte>(table, Mnemonic.Paddusb);
        Add<PackedAddSaturated<ushort>, ushort>(table, Mnemonic.Paddusw);

        Add<PackedSubtract<byte>, byte>(table, Mnemonic.Psubb);
        Add<PackedSubtract<ushort>, ushort>(table, Mnemonic.Psubw);
        Add<PackedSubtract<uint>, uint>(table, Mnemonic.Psubd);
        Add<PackedSubtract<ulong>, ulong>(table, Mnemonic.Psubq);
        Add<PackedSubtractSaturated<sbyte>, sbyte>(table, Mnemonic.Psubsb);
        Add<PackedSubtractSaturated<short>, short>(table, Mnemonic.Psubsw);
        Add<PackedSubtractSaturated<byte>, byte>(table, Mnemonic.Psubusb);
        Add<PackedSubtractSaturated<ushort>, ushort>(table, Mnemonic.Psubusw);

        Add<PackedMultiplyLow, short>(table, Mnemonic.Pmullw);
        Add<PackedMultiplyHigh, short>(table, Mnemonic.Pmulhw);
        Add<PackedMultiplyHighUnsigned, ushort>(table, Mnemonic.Pmulhuw);
        Add<PackedMultiplyDoublewords, ulong>(table, Mnemonic.Pmuludq);
        Add<PackedMultiplyAdd, short>(table, Mnemonic.Pmaddwd);
        Add<PackedDifferenceSum, byte>(table, Mnemonic.Psadbw);
        Add<PackedAverageBytes, byte>(table, Mnemonic.Pavgb);
        Add<PackedAverageWords, ushort>(table, Mnemonic.Pavgw);

        Compare(table);
    }

    private static void Logic(InstructionTable table)
    {
        Add<PackedAnd, byte>(table, Mnemonic.Pand, Mnemonic.Andps, Mnemonic.Andpd);
        Add<PackedAndNot, byte>(table, Mnemonic.Pandn, Mnemonic.Andnps, Mnemonic.Andnpd);
        Add<PackedOr, byte>(table, Mnemonic.Por, Mnemonic.Orps, Mnemonic.Orpd);
        Add<PackedXor, byte>(table, Mnemonic.Pxor, Mnemonic.Xorps, Mnemonic.Xorpd);
    }

    private static void Compare(InstructionTable table)
    {
        Add<PackedEqual<byte>, byte>(table, Mnemonic.Pcmpeqb);
        Add<PackedEqual<ushort>, ushort>(table, Mnemonic.Pcmpeqw);
        Add<PackedEqual<uint>, uint>(table, Mnemonic.Pcmpeqd);
        Add<PackedGreater<sbyte>, sbyte>(table, Mnemonic.Pcmpgtb);
        Add<PackedGreater<short>, short>(table, Mnemonic.Pcmpgtw);
        Add<PackedGreater<int>, int>(table, Mnemonic.Pcmpgtd);
        Add<PackedMinimum<byte>, byte>(table, Mnemonic.Pminub);
        Add<PackedMinimum<short>, short>(table, Mnemonic.Pminsw);
        Add<PackedMaximum<byte>, byte>(table, Mnemonic.Pmaxub);
        Add<PackedMaximum<short>, short>(table, Mnemonic.Pmaxsw);
    }

    private static void Add<TOp, T>(InstructionTable table, params ReadOnlySpan<Mnemonic> mnemonics)
        where TOp : IPackedOperation<T> where T : unmanaged
    {
        foreach (Mnemonic mnemonic in mnemonics) SseForms.Add<Packed<TOp, T>>(table, mnemonic);
    }
}
