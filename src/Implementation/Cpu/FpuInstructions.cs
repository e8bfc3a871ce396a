using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>An x87 or MMX instruction without a memory operand.</summary>
internal unsafe interface IFpuAction
{
    /// <summary>Whether a pending x87 exception is raised first.</summary>
    static abstract bool Waits { get; }

    static abstract void Do(CpuState* c);
}

internal readonly unsafe struct InitializeFpu : IFpuAction
{
    public static bool Waits => false;

    public static void Do(CpuState* c) => Fpu.Initialize(c);
}

internal readonly unsafe struct ClearFpuExceptions : IFpuAction
{
    public static bool Waits => false;

    public static void Do(CpuState* c) => Fpu.ClearExceptions(c);
}

internal readonly unsafe struct NoFpuAction : IFpuAction
{
    public static bool Waits => true;

    public static void Do(CpuState* c)
    {
    }
}

internal readonly unsafe struct EmptyFpu : IFpuAction
{
    public static bool Waits => true;

    public static void Do(CpuState* c) => Fpu.Empty(c);
}

internal readonly unsafe struct StatusToAx : IFpuAction
{
    public static bool Waits => false;

    public static void Do(CpuState* c) => *(ushort*)(c->R + (int)Gpr.Rax) = Fpu.Status(c);
}

/// <summary>
/// FNINIT, FNCLEX, FNOP, FNSTCW, FLDCW, FNSTSW, EMMS, FWAIT, LDMXCSR, STMXCSR: what controls the unit. Its arithmetic is in
/// <see cref="X87Instructions"/>; MMX instructions are not implemented.
/// </summary>
internal static unsafe class FpuInstructions
{
    private const ulong Cr0MonitorCoprocessor = 1 << 1;

    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Fninit, t => t.Emit(new(&Execute<InitializeFpu>)), Traits.None);
        table.Add(Mnemonic.Fnclex, t => t.Emit(new(&Execute<ClearFpuExceptions>)), Traits.None);
        table.Add(Mnemonic.Fnop, t => t.Emit(new(&Execute<NoFpuAction>)), Traits.None);
        table.Add(Mnemonic.Emms, t => t.Emit(new(&ExecuteEmms)), Traits.None);
        table.Add(Mnemonic.Wait, t => t.Emit(new(&ExecuteWait)), Traits.None);
        table.Add(Mnemonic.Fnstsw, StoreStatus, Traits.None);
        table.Add(Mnemonic.Fnstcw, t => t.Emit(SseForms.Memory<Stored<ControlWord>>(t, aligned: false)), Traits.None);
        table.Add(Mnemonic.Fldcw, t => t.Emit(SseForms.Memory<LoadedControl>(t, aligned: false)), Traits.None);
        table.Add(Mnemonic.Stmxcsr, t => t.Emit(SseForms.Memory<StoredMxcsr>(t, aligned: false)), Traits.None);
        table.Add(Mnemonic.Ldmxcsr, t => t.Emit(SseForms.Memory<LoadedMxcsr>(t, aligned: false)), Traits.None);
    }

    private static void StoreStatus(Translator t)
    {
        if (t.Instruction.Op0Kind == OpKind.Register) t.Emit(new(&Execute<StatusToAx>));
        else t.Emit(SseForms.Memory<Stored<StatusWord>>(t, aligned: false));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TAction>(CpuState* c, Uop* u) where TAction : IFpuAction
    {
        if (!Sse.IsX87Usable(c)) return Flow.Raise(c, u, Vector.NM, 0);
        if (TAction.Waits && Fpu.IsExceptionPending(c)) return Flow.Raise(c, u, Vector.MF, 0);
        TAction.Do(c);
        return u[1].Run(c, u + 1);
    }

    /// <summary>EMMS is an MMX instruction: CR0.EM makes it #UD.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteEmms(CpuState* c, Uop* u)
    {
        if (!Sse.IsX87Usable(c)) return Flow.Raise(c, u, Sse.IsEmulated(c) ? Vector.UD : Vector.NM, 0);
        return Execute<EmptyFpu>(c, u);
    }

    /// <summary>FWAIT heeds CR0.TS only together with CR0.MP (SDM Vol. 3A, 2.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteWait(CpuState* c, Uop* u)
    {
        if (Sse.IsTaskSwitched(c) && (c->Cr0 & Cr0MonitorCoprocessor) != 0) return Flow.Raise(c, u, Vector.NM, 0);
        if (Fpu.IsExceptionPending(c)) return Flow.Raise(c, u, Vector.MF, 0);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteStored<TWord, TDest>(CpuState* c, Uop* u) where TWord : IFpuWord where TDest : IOperand
    {
        if (!Sse.IsX87Usable(c)) return Flow.Raise(c, u, Vector.NM, 0);
        ushort* dest = TDest.Modify<ushort>(c, u);
        if (dest == null) return Flow.Fault(c, u);

        *dest = TWord.Read(c);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteLoadedControl<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        if (!Sse.IsX87Usable(c)) return Flow.Raise(c, u, Vector.NM, 0);
        if (Fpu.IsExceptionPending(c)) return Flow.Raise(c, u, Vector.MF, 0);
        ushort* src = TSrc.Read<ushort>(c, u);
        if (src == null) return Flow.Fault(c, u);

        Fpu.LoadControl(c, *src);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteStoredMxcsr<TDest>(CpuState* c, Uop* u) where TDest : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        uint* dest = TDest.Modify<uint>(c, u);
        if (dest == null) return Flow.Fault(c, u);

        *dest = c->Mxcsr;
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteLoadedMxcsr<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        if (!Sse.IsUsable(c)) return Sse.RaiseUnusable(c, u);
        uint* src = TSrc.Read<uint>(c, u);
        if (src == null) return Flow.Fault(c, u);
        if ((*src & ~FpuImage.MxcsrMask) != 0) return Flow.RaiseGeneralProtection(c, u);

        c->Mxcsr = *src;
        return u[1].Run(c, u + 1);
    }

    private unsafe interface IFpuWord
    {
        static abstract ushort Read(CpuState* c);
    }

    private readonly struct ControlWord : IFpuWord
    {
        public static ushort Read(CpuState* c) => Fpu.Control(c);
    }

    private readonly struct StatusWord : IFpuWord
    {
        public static ushort Read(CpuState* c) => Fpu.Status(c);
    }

    private readonly struct Stored<TWord> : IOperandChooser where TWord : IFpuWord
    {
        public static Handler For<TDest>() where TDest : IOperand => new(&ExecuteStored<TWord, TDest>);
    }

    private readonly struct LoadedControl : IOperandChooser
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteLoadedControl<TSrc>);
    }

    private readonly struct StoredMxcsr : IOperandChooser
    {
        public static Handler For<TDest>() where TDest : IOperand => new(&ExecuteStoredMxcsr<TDest>);
    }

    private readonly struct LoadedMxcsr : IOperandChooser
    {
        public static Handler For<TSrc>() where TSrc : IOperand => new(&ExecuteLoadedMxcsr<TSrc>);
    }
}
