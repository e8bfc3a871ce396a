using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>Near JMP, Jcc, CALL, RET, LOOP and JRCXZ: the terminators of blocks.</summary>
internal static unsafe class Branches
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Jmp, BuildJmp, Traits.None);
        table.Add(Mnemonic.Call, BuildCall, Traits.None);
        table.Add(Mnemonic.Ret, BuildRet, Traits.None);
        foreach (Mnemonic jump in (Mnemonic[])[Mnemonic.Ja, Mnemonic.Jae, Mnemonic.Jb, Mnemonic.Jbe, Mnemonic.Je, Mnemonic.Jg,
            Mnemonic.Jge, Mnemonic.Jl, Mnemonic.Jle, Mnemonic.Jne, Mnemonic.Jno, Mnemonic.Jnp, Mnemonic.Jns, Mnemonic.Jo,
            Mnemonic.Jp, Mnemonic.Js])
            table.Add(jump, BuildJcc);
        table.Add(Mnemonic.Jrcxz, BuildJumpIfZero<ulong>, Traits.None);
        table.Add(Mnemonic.Jecxz, BuildJumpIfZero<uint>, Traits.None);
        table.Add(Mnemonic.Jcxz, BuildJumpIfZero<ushort>, Traits.None);
        table.Add(Mnemonic.Loop, BuildLoop<Always>, Traits.None);
        table.Add(Mnemonic.Loope, BuildLoop<IfZero>, Traits.None);
        table.Add(Mnemonic.Loopne, BuildLoop<IfNot<IfZero>>, Traits.None);
    }

    /// <summary>The end of a block that does not end with a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Uop* FallThrough(CpuState* c, Uop* u) => Flow.Fall(c, u);

    /// <summary>The end of a block behind which the driver must look at the flags.</summary>
    public static Uop* ReturnToDriver(CpuState* c, Uop* u)
    {
        c->Rip = u->Ip;
        return Flow.Stop;
    }

    private static void BuildJumpIfZero<T>(Translator t) where T : unmanaged, IBinaryInteger<T>
    {
        Uop.Target(t.U) = t.Instruction.NearBranchTarget;
        t.EmitTerminator(Choose.Mode<JumpIfZeroChooser<T>>(t));
    }

    private static void BuildLoop<TCondition>(Translator t) where TCondition : ICondition
    {
        Uop.Target(t.U) = t.Instruction.NearBranchTarget;
        t.EmitTerminator(t.Instruction.Code switch
        {
            Code.Loop_rel8_64_RCX or Code.Loope_rel8_64_RCX or Code.Loopne_rel8_64_RCX =>
                Choose.Mode<LoopChooser<ulong, TCondition>>(t),
            Code.Loop_rel8_16_CX or Code.Loope_rel8_16_CX or Code.Loopne_rel8_16_CX
                or Code.Loop_rel8_32_CX or Code.Loope_rel8_32_CX or Code.Loopne_rel8_32_CX =>
                Choose.Mode<LoopChooser<ushort, TCondition>>(t),
            _ => Choose.Mode<LoopChooser<uint, TCondition>>(t),
        });
    }

    private static void BuildJmp(Translator t)
    {
        if (t.Instruction.IsJmpShortOrNear)
        {
            if (RaisesAtTarget(t)) return;
            Uop.Target(t.U) = t.Instruction.NearBranchTarget;
            t.EmitTerminator(Choose.Mode<DirectJumpChooser>(t));
        }
        else if (t.Instruction.IsJmpFar || t.Instruction.IsJmpFarIndirect)
        {
            FarTransfers.Build(t, isCall: false);
        }
        else
        {
            t.EmitTerminator(Choose.Source<JumpChooser>(t, 0));
        }
    }

    private static void BuildCall(Translator t)
    {
        if (t.Instruction.IsCallNear)
        {
            if (RaisesAtTarget(t)) return;
            Uop.Target(t.U) = t.Instruction.NearBranchTarget;
            t.EmitTerminator(t.Instruction.StackPointerIncrement switch
            {
                -2 => Choose.Mode<DirectCallChooser<ushort>>(t),
                -4 => Choose.Mode<DirectCallChooser<uint>>(t),
                _ => Choose.Mode<DirectCallChooser<ulong>>(t),
            });
        }
        else if (t.Instruction.IsCallFar || t.Instruction.IsCallFarIndirect)
        {
            FarTransfers.Build(t, isCall: true);
        }
        else
        {
            t.EmitTerminator(Choose.Source<CallChooser>(t, 0));
        }
    }

    /// <summary>A branch out of the canonical addresses faults itself, not its target.</summary>
    private static bool RaisesAtTarget(Translator t)
    {
        if (PageWalk.IsCanonical(t.Instruction.NearBranchTarget)) return false;
        t.EmitRaise(Vector.GP);
        return true;
    }

    private static void BuildRet(Translator t)
    {
        t.U->Imm = t.Instruction.OpCount > 0 ? t.Instruction.Immediate16 : 0;
        t.EmitTerminator(t.Instruction.Code switch
        {
            Code.Retnw or Code.Retnw_imm16 => Choose.Mode<ReturnChooser<ushort>>(t),
            Code.Retnd or Code.Retnd_imm16 => Choose.Mode<ReturnChooser<uint>>(t),
            _ => Choose.Mode<ReturnChooser<ulong>>(t),
        });
    }

    private static void BuildJcc(Translator t)
    {
        Uop.Target(t.U) = t.Instruction.NearBranchTarget;
        t.EmitTerminator(t.Is64Bit || t.IsFlat
            ? Conditions.Choose<JccChooser>(t.Instruction.ConditionCode)
            : Conditions.Choose<LimitedJccChooser>(t.Instruction.ConditionCode));
    }

    private readonly struct JccChooser : IConditionChooser
    {
        public static Handler For<TCondition>() where TCondition : ICondition => new(&JumpIf<TCondition>);
    }

    private readonly struct LimitedJccChooser : IConditionChooser
    {
        public static Handler For<TCondition>() where TCondition : ICondition => new(&JumpIfWithinLimit<TCondition>);
    }

    private readonly struct DirectJumpChooser : IModeChooser
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Jump<TMode>);
    }

    private readonly struct JumpIfZeroChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&JumpIfZero<T, TMode>);
    }

    private readonly struct LoopChooser<T, TCondition> : IModeChooser
        where T : unmanaged, IBinaryInteger<T> where TCondition : ICondition
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Loop<T, TCondition, TMode>);
    }

    private readonly struct DirectCallChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Call<T, TMode>);
    }

    private readonly struct ReturnChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Return<T, TMode>);
    }

    private readonly struct JumpChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.Is64Bit ? new(&JumpIndirect<ulong, TPlace, LongMode>)
            : t.IsFlat ? new(&JumpIndirect<T, TPlace, FlatMode>) : new(&JumpIndirect<T, TPlace, SegmentedMode>);
    }

    private readonly struct CallChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.Is64Bit ? new(&CallIndirect<ulong, TPlace, LongMode>)
            : t.IsFlat ? new(&CallIndirect<T, TPlace, FlatMode>) : new(&CallIndirect<T, TPlace, SegmentedMode>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Jump<TMode>(CpuState* c, Uop* u) where TMode : IMode
    {
        if (!TMode.IsFixedTarget(c, Uop.Target(u))) return Flow.RaiseGeneralProtection(c, u);
        return Flow.Taken(c, u);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIf<TCondition>(CpuState* c, Uop* u) where TCondition : ICondition =>
        Conditions.Hold<TCondition>(c) ? Flow.Taken(c, u) : Flow.Fall(c, u);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIfWithinLimit<TCondition>(CpuState* c, Uop* u) where TCondition : ICondition =>
        Conditions.Hold<TCondition>(c) ? Jump<SegmentedMode>(c, u) : Flow.Fall(c, u);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIndirect<T, TSrc, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand where TMode : IMode
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong target = ulong.CreateTruncating(*src);
        if (!TMode.IsTarget(c, target)) return Flow.RaiseGeneralProtection(c, u);
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Call<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T));
        T* dest = TMode.ModifyStack<T>(c, top);
        if (dest == null) return Flow.Fault(c, u);
        if (!TMode.IsFixedTarget(c, Uop.Target(u))) return Flow.RaiseGeneralProtection(c, u);
        *dest = T.CreateTruncating(u->NextIp);
        TMode.SetStackPointer(c, top);
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return Flow.Taken(c, u);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* CallIndirect<T, TSrc, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand where TMode : IMode
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong target = ulong.CreateTruncating(*src);
        if (!TMode.IsTarget(c, target)) return Flow.RaiseGeneralProtection(c, u);

        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T));
        T* dest = TMode.ModifyStack<T>(c, top);
        if (dest == null) return Flow.Fault(c, u);
        *dest = T.CreateTruncating(u->NextIp);
        TMode.SetStackPointer(c, top);
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Return<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.StackPointer(c);
        T* src = TMode.ReadStack<T>(c, top);
        if (src == null) return Flow.Fault(c, u);
        ulong target = ulong.CreateTruncating(*src);
        if (!TMode.IsTarget(c, target)) return Flow.RaiseGeneralProtection(c, u);
        TMode.SetStackPointer(c, TMode.Wrap(c, top + (ulong)sizeof(T) + (ulong)u->Imm));
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIfZero<T, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        if (!T.IsZero(*(T*)&c->R[(int)Gpr.Rcx])) return Flow.Fall(c, u);
        if (!TMode.IsFixedTarget(c, Uop.Target(u))) return Flow.RaiseGeneralProtection(c, u);
        return Flow.Taken(c, u);
    }

    private readonly struct Always : ICondition
    {
        public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> => true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Loop<T, TCondition, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TCondition : ICondition where TMode : IMode
    {
        T* count = (T*)&c->R[(int)Gpr.Rcx];
        T left = *count - T.One;
        bool taken = !T.IsZero(left) && Conditions.Hold<TCondition>(c);
        if (taken && !TMode.IsFixedTarget(c, Uop.Target(u))) return Flow.RaiseGeneralProtection(c, u);
        Dst.Put(count, left);
        return taken ? Flow.Taken(c, u) : Flow.Fall(c, u);
    }
}
