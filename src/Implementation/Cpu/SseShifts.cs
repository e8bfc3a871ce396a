using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>A shift of every element by one count.</summary>
internal interface IPackedShift<T> where T : unmanaged
{
    /// <param name="count">not reduced: a count beyond the element's width shifts everything out</param>
    static abstract Vector128<T> Shift(Vector128<T> value, ulong count);
}

/// <summary>The count is the low quadword of a 128-bit register or memory operand.</summary>
internal readonly struct ShiftByVector<TShift, T> : IVectorOperation<Xmm> where TShift : IPackedShift<T> where T : unmanaged
{
    public static Xmm Compute(Xmm dest, Xmm src, Control control) =>
        TShift.Shift(dest.As<byte, T>(), src.AsUInt64()[0]).AsByte();
}

/// <summary>The count is the immediate byte.</summary>
internal readonly struct ShiftByImmediate<TShift, T> : IVectorOperation<byte> where TShift : IPackedShift<T> where T : unmanaged
{
    public static Xmm Compute(Xmm dest, byte src, Control control) => TShift.Shift(dest.As<byte, T>(), src).AsByte();
}

internal readonly struct ShiftWordsLeft : IPackedShift<ushort>
{
    public static Vector128<ushort> Shift(Vector128<ushort> value, ulong count) => count < 16 ? value << (int)count : default;
}

internal readonly struct ShiftDoublewordsLeft : IPackedShift<uint>
{
    public static Vector128<uint> Shift(Vector128<uint> value, ulong count) => count < 32 ? value << (int)count : default;
}

internal readonly struct ShiftQuadwordsLeft : IPackedShift<ulong>
{
    public static Vector128<ulong> Shift(Vector128<ulong> value, ulong count) => count < 64 ? value << (int)count : default;
}

internal readonly struct ShiftWordsRight : IPackedShift<ushort>
{
    public static Vector128<ushort> Shift(Vector128<ushort> value, ulong count) => count < 16 ? value >>> (int)count : default;
}

internal readonly struct ShiftDoublewordsRight : IPackedShift<uint>
{
    public static Vector128<uint> Shift(Vector128<uint> value, ulong count) => count < 32 ? value >>> (int)count : default;
}

internal readonly struct ShiftQuadwordsRight : IPackedShift<ulong>
{
    public static Vector128<ulong> Shift(Vector128<ulong> value, ulong count) => count < 64 ? value >>> (int)count : default;
}

/// <summary>Arithmetic: a large count leaves copies of the sign.</summary>
internal readonly struct ShiftWordsArithmetic : IPackedShift<short>
{
    public static Vector128<short> Shift(Vector128<short> value, ulong count) => value >> (int)Math.Min(count, 15);
}

/// <summary>Arithmetic: a large count leaves copies of the sign.</summary>
internal readonly struct ShiftDoublewordsArithmetic : IPackedShift<int>
{
    public static Vector128<int> Shift(Vector128<int> value, ulong count) => value >> (int)Math.Min(count, 31);
}

/// <summary>PSLLDQ: the whole register by bytes.</summary>
internal readonly struct ShiftBytesLeft : IVectorOperation<byte>
{
    public static Xmm Compute(Xmm dest, byte src, Control control) => src < 16 ? Wide.Of(Wide.From(dest) << (8 * src)) : default;
}

/// <summary>PSRLDQ: the whole register by bytes.</summary>
internal readonly struct ShiftBytesRight : IVectorOperation<byte>
{
    public static Xmm Compute(Xmm dest, byte src, Control control) => src < 16 ? Wide.Of(Wide.From(dest) >> (8 * src)) : default;
}

/// <summary>A register as one number.</summary>
internal static class Wide
{
    public static UInt128 From(Xmm value) => new(value.AsUInt64()[1], value.AsUInt64()[0]);

    public static Xmm Of(UInt128 value) => Vector128.Create((ulong)value, (ulong)(value >> 64)).AsByte();
}

/// <summary>Shifts of packed integers and of the whole register (SDM Vol. 1, 11.4.2).</summary>
internal static class SseShifts
{
    public static void Register(InstructionTable table)
    {
        Add<ShiftWordsLeft, ushort>(table, Mnemonic.Psllw);
        Add<ShiftDoublewordsLeft, uint>(table, Mnemonic.Pslld);
        Add<ShiftQuadwordsLeft, ulong>(table, Mnemonic.Psllq);
        Add<ShiftWordsRight, ushort>(table, Mnemonic.Psrlw);
        Add<ShiftDoublewordsRight, uint>(table, Mnemonic.Psrld);
        Add<ShiftQuadwordsRight, ulong>(table, Mnemonic.Psrlq);
        Add<ShiftWordsArithmetic, short>(table, Mnemonic.Psraw);
        Add<ShiftDoublewordsArithmetic, int>(table, Mnemonic.Psrad);
        SseForms.Add<ShiftBytesLeft, byte>(table, Mnemonic.Pslldq);
        SseForms.Add<ShiftBytesRight, byte>(table, Mnemonic.Psrldq);
    }

    private static void Add<TShift, T>(InstructionTable table, Mnemonic mnemonic)
        where TShift : IPackedShift<T> where T : unmanaged =>
        table.Add(mnemonic, Build<TShift, T>, Traits.None);

    private static void Build<TShift, T>(Translator t) where TShift : IPackedShift<T> where T : unmanaged
    {
        if (t.Instruction.Op1Kind == OpKind.Immediate8) SseForms.Build<ShiftByImmediate<TShift, T>, byte, Unaligned>(t);
        else SseForms.Build<ShiftByVector<TShift, T>, Xmm, Aligned>(t);
    }
}
