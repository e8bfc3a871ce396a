using System.Runtime.CompilerServices;

namespace Implementation.Cpu;

/// <summary>What of the stack and of near transfers depends on the mode of the code that is running.</summary>
internal unsafe interface IMode
{
    static abstract ulong StackPointer(CpuState* c);

    /// <summary>Takes a moved stack pointer, or an offset in the stack segment, to the stack's address size.</summary>
    static abstract ulong Wrap(CpuState* c, ulong pointer);

    static abstract void SetStackPointer(CpuState* c, ulong pointer);

    /// <returns>null after recording a fault</returns>
    static abstract T* ReadStack<T>(CpuState* c, ulong pointer) where T : unmanaged;

    /// <summary>As <see cref="MemoryAccess.Modify{T}"/>.</summary>
    static abstract T* ModifyStack<T>(CpuState* c, ulong pointer) where T : unmanaged;

    /// <summary>Whether code may go on at <paramref name="target"/>: if not, the branch itself is #GP(0).</summary>
    static abstract bool IsTarget(CpuState* c, ulong target);

    /// <summary>The same for the fixed target of a branch, where its translation has not settled it.</summary>
    static virtual bool IsFixedTarget(CpuState* c, ulong target) => true;
}

/// <summary>64-bit mode.</summary>
internal readonly unsafe struct LongMode : IMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StackPointer(CpuState* c) => c->R[(int)Gpr.Rsp];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Wrap(CpuState* c, ulong pointer) => pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetStackPointer(CpuState* c, ulong pointer) => c->R[(int)Gpr.Rsp] = pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* ReadStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        MemoryAccess.Read<T>(c, pointer, CpuState.SsBase);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* ModifyStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        MemoryAccess.Modify<T>(c, pointer, CpuState.SsBase);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTarget(CpuState* c, ulong target) => PageWalk.IsCanonical(target);
}

/// <summary>32-bit code and stack in flat segments (<see cref="CodeMode.Flat"/>).</summary>
internal readonly unsafe struct FlatMode : IMode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong StackPointer(CpuState* c) => (uint)c->R[(int)Gpr.Rsp];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Wrap(CpuState* c, ulong pointer) => (uint)pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SetStackPointer(CpuState* c, ulong pointer) => c->R[(int)Gpr.Rsp] = pointer;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* ReadStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        MemoryAccess.Read<T>(c, pointer, CpuState.SsBase);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T* ModifyStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        MemoryAccess.Modify<T>(c, pointer, CpuState.SsBase);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsTarget(CpuState* c, ulong target) => true;
}

/// <summary>Code of 16 or 32 bits with whatever segments there are.</summary>
internal readonly unsafe struct SegmentedMode : IMode
{
    public static ulong StackPointer(CpuState* c) => c->R[(int)Gpr.Rsp] & c->StackMask;

    public static ulong Wrap(CpuState* c, ulong pointer) => pointer & c->StackMask;

    /// <summary>A 16-bit stack leaves the upper half of ESP alone (SDM Vol. 1, 6.2.3).</summary>
    public static void SetStackPointer(CpuState* c, ulong pointer) =>
        c->R[(int)Gpr.Rsp] = c->StackMask == ushort.MaxValue ? c->R[(int)Gpr.Rsp] & ~c->StackMask | pointer : pointer;

    public static T* ReadStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        Segments.Allows(c, CpuState.SsBase, (uint)pointer, sizeof(T), AccessKind.Read)
            ? MemoryAccess.Read<T>(c, (uint)(pointer + CpuState.At<ulong>(c, CpuState.SsBase)), CpuState.SsBase)
            : null;

    public static T* ModifyStack<T>(CpuState* c, ulong pointer) where T : unmanaged =>
        Segments.Allows(c, CpuState.SsBase, (uint)pointer, sizeof(T), AccessKind.Write)
            ? MemoryAccess.Modify<T>(c, (uint)(pointer + CpuState.At<ulong>(c, CpuState.SsBase)), CpuState.SsBase)
            : null;

    public static bool IsTarget(CpuState* c, ulong target) => target <= c->SegmentLimit[(int)SegmentRegister.Cs];

    public static bool IsFixedTarget(CpuState* c, ulong target) => IsTarget(c, target);
}

/// <summary>Takes a handler for the type of a mode.</summary>
internal interface IModeChooser
{
    static abstract Handler For<TMode>() where TMode : IMode;
}
