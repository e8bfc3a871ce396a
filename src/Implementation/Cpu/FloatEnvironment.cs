using System.Numerics;
using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>What an SSE instruction signals: the sticky flags of MXCSR, bits 0-5 (SDM Vol. 1, 10.2.3).</summary>
[Flags]
internal enum FloatSignals : uint
{
    None = 0,
    Invalid = 1,
    Denormal = 2,
    DivideByZero = 4,
    Overflow = 8,
    Underflow = 16,
    Inexact = 32,

    /// <summary>Of the x87 status word alone: SF, and C1 where a result was rounded up.</summary>
    StackFault = 0x40,
    RoundedUp = 0x200,

    /// <summary>Those that are found before anything is computed; unmasked, they hide the others.</summary>
    BeforeComputation = Invalid | Denormal | DivideByZero,
}

/// <summary>MXCSR bits 13-14 (SDM Vol. 1, table 4-8).</summary>
internal enum FloatRounding { ToNearest, Down, Up, ToZero }

/// <summary>MXCSR as one instruction sees it: how to compute, and where to signal what happened.</summary>
/// <remarks>
/// The elements of an instruction signal into <see cref="CpuState.Signals"/>; <see cref="Settle"/> then decides, once for all of
/// them, between the masked responses and #XM (SDM Vol. 1, 11.5.3 and 11.5.4).
/// </remarks>
internal readonly unsafe struct FloatEnvironment(CpuState* c)
{
    private const uint DenormalsAreZero = 1 << 6, FlushToZero = 1 << 15;
    private const int MasksShift = 7, RoundingShift = 13;
    private const uint AllFlags = 0x3f;
    private const ulong Cr4OsXmmException = 1 << 10;

    private readonly CpuState* _c = c;

    /// <summary>
    /// Whether round to nearest, all masks and an inexact result before this one make the host's own arithmetic on normal numbers right:
    /// it cannot signal but what is signalled already.
    /// </summary>
    public bool IsUsual
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_c->Mxcsr & 0xffe0) == (0x1f80 | (uint)FloatSignals.Inexact);
    }

    public FloatRounding Rounding
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (FloatRounding)((_c->Mxcsr >> RoundingShift) & 3);
    }

    /// <summary>Heeded only while underflow is masked (SDM Vol. 1, 10.2.3.3).</summary>
    public bool FlushesToZero => (_c->Mxcsr & FlushToZero) != 0 && IsMasked(FloatSignals.Underflow);

    public bool IsMasked(FloatSignals signal) => ((_c->Mxcsr >> MasksShift) & (uint)signal) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Signal(FloatSignals signals) => _c->Signals |= signals;

    /// <summary>Whether a number of this sign goes away from zero when it is not exact, ties apart.</summary>
    public bool RoundsAway(bool isNegative) => Rounding == (isNegative ? FloatRounding.Down : FloatRounding.Up);

    /// <summary>An operand as it is computed with: denormals are zeros if MXCSR says so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Operand<T>(T value) where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        (_c->Mxcsr & DenormalsAreZero) != 0 && T.IsSubnormal(value) ? T.CopySign(T.Zero, value) : value;

    /// <summary>Signals an invalid operand, or else a denormal one (SDM Vol. 1, 4.9.2: a NaN comes before a denormal).</summary>
    /// <param name="quietIsInvalid">whether every NaN is invalid, not only one that signals</param>
    public void Inspect<T>(T a, T b, bool quietIsInvalid = false) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (T.IsNaN(a) || T.IsNaN(b))
        {
            if (quietIsInvalid || Nan.IsSignalling(a) || Nan.IsSignalling(b)) Signal(FloatSignals.Invalid);
        }
        else if (T.IsSubnormal(a) || T.IsSubnormal(b))
        {
            Signal(FloatSignals.Denormal);
        }
    }

    /// <summary>Makes what the instruction signalled sticky.</summary>
    /// <returns>whether all of it is masked; if not, #XM is recorded (#UD without CR4.OSXMMEXCPT) and nothing may be written</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool Settle(CpuState* c)
    {
        uint signals = (uint)c->Signals;
        c->Signals = FloatSignals.None;
        uint unmasked = signals & ~(c->Mxcsr >> MasksShift) & AllFlags;
        if ((unmasked & (uint)FloatSignals.BeforeComputation) != 0) signals &= (uint)FloatSignals.BeforeComputation;
        c->Mxcsr |= signals;
        if (unmasked == 0) return true;

        Flow.Record(c, (c->Cr4 & Cr4OsXmmException) != 0 ? Vector.XM : Vector.UD, 0);
        return false;
    }
}
