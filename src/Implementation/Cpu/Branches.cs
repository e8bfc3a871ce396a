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
        table.Add(Mnemonic.Jrcxz, t => BuildCounted(t, new(&JumpIfZero<ulong>)));
        table.Add(Mnemonic.Jecxz, t => BuildCounted(t, new(&JumpIfZero<uint>)));
        table.Add(Mnemonic.Loop, t => BuildCounted(t, Is64(t) ? new(&Loop<ulong, Always>) : new(&Loop<uint, Always>)));
        table.Add(Mnemonic.Loope, t => BuildCounted(t, Is64(t) ? new(&Loop<ulong, IfZero>) : new(&Loop<uint, IfZero>)));
        table.Add(Mnemonic.Loopne, t => BuildCounted(
            t, Is64(t) ? new(&Loop<ulong, IfNot<IfZero>>) : new(&Loop<uint, IfNot<IfZero>>)));
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

    private static void BuildCounted(Translator t, Handler handler)
    {
        Uop.Target(t.U) = t.Instruction.NearBranchTarget;
        t.EmitTerminator(handler);
    }

    private static bool Is64(Translator t) =>
        t.Instruction.Code is Code.Loop_rel8_64_RCX or Code.Loope_rel8_64_RCX or Code.Loopne_rel8_64_RCX;

    private static void BuildJmp(Translator t)
    {
        if (t.Instruction.IsJmpShortOrNear)
        {
            if (RaisesAtTarget(t)) return;
            Uop.Target(t.U) = t.Instruction.NearBranchTarget;
            t.EmitTerminator(new(&Jump));
        }
        else if (t.Instruction.IsJmpFar || t.Instruction.IsJmpFarIndirect)
        {
            FarTransfers.BuildIndirect(t, isCall: false);
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
            t.EmitTerminator(new(&Call));
        }
        else if (t.Instruction.IsCallFar || t.Instruction.IsCallFarIndirect)
        {
            FarTransfers.BuildIndirect(t, isCall: true);
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
        t.EmitTerminator(new(&Return));
    }

    private static void BuildJcc(Translator t)
    {
        Uop.Target(t.U) = t.Instruction.NearBranchTarget;
        t.EmitTerminator(Conditions.Choose<JccChooser>(t.Instruction.ConditionCode));
    }

    private readonly struct JccChooser : IConditionChooser
    {
        public static Handler For<TCondition>() where TCondition : ICondition => new(&JumpIf<TCondition>);
    }

    private readonly struct JumpChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&JumpIndirect<TPlace>);
    }

    private readonly struct CallChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&CallIndirect<TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Jump(CpuState* c, Uop* u) => Flow.Taken(c, u);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIf<TCondition>(CpuState* c, Uop* u) where TCondition : ICondition =>
        Conditions.Hold<TCondition>(c) ? Flow.Taken(c, u) : Flow.Fall(c, u);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIndirect<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        ulong* src = TSrc.Read<ulong>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong target = *src;
        if (!PageWalk.IsCanonical(target)) return Flow.RaiseGeneralProtection(c, u);
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Call(CpuState* c, Uop* u)
    {
        ulong top = c->R[(int)Gpr.Rsp] - 8;
        ulong* dest = MemoryAccess.Modify<ulong>(c, top, CpuState.SsBase);
        if (dest == null) return Flow.Fault(c, u);
        *dest = u->NextIp;
        c->R[(int)Gpr.Rsp] = top;
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return Flow.Taken(c, u);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* CallIndirect<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        ulong* src = TSrc.Read<ulong>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong target = *src;
        if (!PageWalk.IsCanonical(target)) return Flow.RaiseGeneralProtection(c, u);

        ulong top = c->R[(int)Gpr.Rsp] - 8;
        ulong* dest = MemoryAccess.Modify<ulong>(c, top, CpuState.SsBase);
        if (dest == null) return Flow.Fault(c, u);
        *dest = u->NextIp;
        c->R[(int)Gpr.Rsp] = top;
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Return(CpuState* c, Uop* u)
    {
        ulong top = c->R[(int)Gpr.Rsp];
        ulong* src = MemoryAccess.Read<ulong>(c, top, CpuState.SsBase);
        if (src == null) return Flow.Fault(c, u);
        ulong target = *src;
        if (!PageWalk.IsCanonical(target)) return Flow.RaiseGeneralProtection(c, u);
        c->R[(int)Gpr.Rsp] = top + 8 + (ulong)u->Imm;
        return Flow.Indirect(c, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* JumpIfZero<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> =>
        T.IsZero(*(T*)&c->R[(int)Gpr.Rcx]) ? Flow.Taken(c, u) : Flow.Fall(c, u);

    private readonly struct Always : ICondition
    {
        public static bool Holds<TRule, T>(T a, T b, T r) where TRule : IFlagRule where T : unmanaged, IBinaryInteger<T> => true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Loop<T, TCondition>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TCondition : ICondition
    {
        T* count = (T*)&c->R[(int)Gpr.Rcx];
        T left = *count - T.One;
        Dst.Put(count, left);
        return !T.IsZero(left) && Conditions.Hold<TCondition>(c) ? Flow.Taken(c, u) : Flow.Fall(c, u);
    }
}
