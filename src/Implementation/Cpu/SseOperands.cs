global using Xmm = System.Runtime.Intrinsics.Vector128<byte>;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Implementation.Cpu;

/// <summary>The XMM register, or the half of one, at offset <see cref="Uop.Dst"/> in <see cref="CpuState.Xmm"/>.</summary>
internal readonly unsafe struct XmmDst : IOperand
{
    public static bool IsMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)(c->Xmm + u->Dst);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)(c->Xmm + u->Dst);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged => *place = value;
}

/// <summary>The XMM register, or the half of one, at offset <see cref="Uop.Src"/> in <see cref="CpuState.Xmm"/>.</summary>
internal readonly unsafe struct XmmSrc : IOperand
{
    public static bool IsMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)(c->Xmm + u->Src);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)(c->Xmm + u->Src);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged => *place = value;
}

/// <summary>A memory operand that must lie on a multiple of 16 (SDM Vol. 3A, table 6-1: #GP whatever the segment).</summary>
internal readonly unsafe struct AlignedMem<TAddressing> : IOperand where TAddressing : IAddressing
{
    public static bool IsMemory => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged
    {
        ulong linear = TAddressing.Linear(c, u);
        if ((linear & 15) != 0) return (T*)Misaligned(c);
        return TAddressing.Allows(c, u, sizeof(T), AccessKind.Read) ? MemoryAccess.Read<T>(c, linear, u->Segment) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged
    {
        ulong linear = TAddressing.Linear(c, u);
        if ((linear & 15) != 0) return (T*)Misaligned(c);
        return TAddressing.Allows(c, u, sizeof(T), AccessKind.Write) ? MemoryAccess.Modify<T>(c, linear, u->Segment) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged => *place = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void* Misaligned(CpuState* c)
    {
        Flow.Record(c, Vector.GP, 0);
        return null;
    }
}

/// <summary>What steers an operation beside its operands.</summary>
/// <param name="Immediate">the immediate byte, of the instructions that have one</param>
internal readonly record struct Control(byte Immediate);

/// <summary>An operation of an XMM register and a source of type <typeparamref name="T"/>, which is the width it has in memory.</summary>
internal interface IVectorOperation<T> where T : unmanaged
{
    static abstract Xmm Compute(Xmm dest, T src, Control control);
}

/// <summary>An operation whose result goes to a general register.</summary>
internal interface IGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
{
    static abstract TResult Compute(T src, Control control);
}

/// <summary>An operation of floating-point numbers, which obeys MXCSR and signals.</summary>
internal interface IFloatVectorOperation<T> where T : unmanaged
{
    static abstract Xmm Compute(Xmm dest, T src, Control control, FloatEnvironment environment);

    /// <summary>Nothing is rounded: of operands that want no care the host's result is right in every environment.</summary>
    static virtual bool IsComparison => false;

    /// <summary>
    /// In an environment that <see cref="FloatEnvironment.IsUsual"/>: the host's own result, unless the operands want more care than that.
    /// </summary>
    /// <remarks>Always inlined: a handler with a local whose address goes elsewhere could not end in a jump.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual bool TryUsual(Xmm dest, T src, Control control, out Xmm result)
    {
        result = dest;
        return false;
    }
}

/// <summary>The same with a result that goes to a general register.</summary>
internal interface IFloatGeneralOperation<T, TResult> where T : unmanaged where TResult : unmanaged
{
    static abstract TResult Compute(T src, FloatEnvironment environment);

    static abstract bool TryUsual(T src, out TResult result);
}

/// <summary>Whether SSE instructions may run at all.</summary>
internal static unsafe class Sse
{
    private const ulong Cr0Emulation = 1 << 2, Cr0TaskSwitched = 1 << 3, Cr4OsFxsr = 1 << 9;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsUsable(CpuState* c) => ((c->Cr0 & (Cr0Emulation | Cr0TaskSwitched)) | (~c->Cr4 & Cr4OsFxsr)) == 0;

    /// <summary>#UD before #NM (SDM Vol. 3A, table 13-1).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Uop* RaiseUnusable(CpuState* c, Uop* u)
    {
        bool undefined = (c->Cr0 & Cr0Emulation) != 0 || (c->Cr4 & Cr4OsFxsr) == 0;
        return Flow.Raise(c, u, undefined ? Vector.UD : Vector.NM, 0);
    }

    /// <summary>x87, FXSAVE and FXRSTOR: #NM for either bit of CR0 (SDM Vol. 3A, table 2-2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsX87Usable(CpuState* c) => (c->Cr0 & (Cr0Emulation | Cr0TaskSwitched)) == 0;

    public static bool IsEmulated(CpuState* c) => (c->Cr0 & Cr0Emulation) != 0;

    public static bool IsTaskSwitched(CpuState* c) => (c->Cr0 & Cr0TaskSwitched) != 0;
}
