using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>A place an instruction reads or writes, as a pointer to it.</summary>
internal unsafe interface IOperand
{
    static abstract bool IsMemory { get; }

    /// <returns>null when the access faults</returns>
    static abstract T* Read<T>(CpuState* c, Uop* u) where T : unmanaged;

    /// <summary>For an operand that is written, or read and written: probes for the write first.</summary>
    static abstract T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged;

    static abstract void Put<T>(T* place, T value) where T : unmanaged;
}

/// <summary>The register named by <see cref="Uop.Dst"/>.</summary>
internal readonly unsafe struct Dst : IOperand
{
    public static bool IsMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)((byte*)c + u->Dst);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)((byte*)c + u->Dst);

    /// <summary>A 32-bit result is zero-extended to 64 bits; a smaller one leaves the rest alone (SDM Vol. 1, 3.4.1.1).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged
    {
        if (sizeof(T) == 4) *(ulong*)place = *(uint*)&value;
        else *place = value;
    }
}

/// <summary>The register named by <see cref="Uop.Src"/>.</summary>
internal readonly unsafe struct Src : IOperand
{
    public static bool IsMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)((byte*)c + u->Src);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)((byte*)c + u->Src);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged => Dst.Put(place, value);
}

/// <summary>The immediate, sign-extended at decode.</summary>
internal readonly unsafe struct Imm : IOperand
{
    public static bool IsMemory => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged => (T*)&u->Imm;

    public static T* Modify<T>(CpuState* c, Uop* u)
        where T : unmanaged => throw new InvalidOperationException("An immediate is not written.");

    public static void Put<T>(T* place, T value)
        where T : unmanaged => throw new InvalidOperationException("An immediate is not written.");
}

/// <summary>The memory operand.</summary>
internal readonly unsafe struct Mem<TAddressing> : IOperand where TAddressing : IAddressing
{
    public static bool IsMemory => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Read<T>(CpuState* c, Uop* u) where T : unmanaged =>
        TAddressing.Allows(c, u, sizeof(T), AccessKind.Read)
            ? MemoryAccess.Read<T>(c, TAddressing.Linear(c, u), u->Segment)
            : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* Modify<T>(CpuState* c, Uop* u) where T : unmanaged =>
        TAddressing.Allows(c, u, sizeof(T), AccessKind.Write)
            ? MemoryAccess.Modify<T>(c, TAddressing.Linear(c, u), u->Segment)
            : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Put<T>(T* place, T value) where T : unmanaged => *place = value;
}
