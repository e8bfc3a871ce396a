using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>CLC, STC, CMC, CLD, STD, CLI, STI, LAHF, SAHF, and what PUSHF, POPF and IRET do to RFLAGS.</summary>
internal static unsafe class FlagInstructions
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Clc, t => t.Emit(new(&ClearCarry)));
        table.Add(Mnemonic.Stc, t => t.Emit(new(&SetCarry)));
        table.Add(Mnemonic.Cmc, t => t.Emit(new(&ComplementCarry)));
        table.Add(Mnemonic.Cld, t => t.Emit(new(&ClearDirection)));
        table.Add(Mnemonic.Std, t => t.Emit(new(&SetDirection)));
        table.Add(Mnemonic.Cli, t => t.Emit(new(&ClearInterrupt)), Traits.EndsBlock);
        table.Add(Mnemonic.Sti, t => t.Emit(new(&SetInterrupt)), Traits.EndsBlock);
        table.Add(Mnemonic.Lahf, t => t.Emit(new(&LoadAh)));
        table.Add(Mnemonic.Sahf, t => t.Emit(new(&StoreAh)));
    }

    public static ulong Read(CpuState* c) => Flags.Get(c) | c->ControlFlags | RflagsBit.Fixed;

    public static int IoPrivilege(CpuState* c) => (int)((c->ControlFlags & RflagsBit.IOPL) >> 12);

    /// <summary>
    /// POPF and IRET at the current privilege: IOPL changes only at CPL 0, IF only where CPL ≤ IOPL (SDM, table 4-20).
    /// </summary>
    /// <param name="writable">the flags within the operand's size</param>
    /// <param name="resumes">IRET loads RF, which POPF clears</param>
    public static void Pop(CpuState* c, ulong value, ulong writable, bool resumes = false)
    {
        ulong mask = RflagsBit.TF | RflagsBit.DF | RflagsBit.NT | RflagsBit.AC | RflagsBit.ID | (resumes ? RflagsBit.RF : 0);
        if (c->Cpl == 0) mask |= RflagsBit.IOPL;
        if (c->Cpl <= IoPrivilege(c)) mask |= RflagsBit.IF;
        mask &= writable;
        c->ControlFlags = c->ControlFlags & ~mask & ~RflagsBit.RF | value & mask;
        Flags.Set(c, value);
        AccessGuard.Update(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ClearCarry(CpuState* c, Uop* u)
    {
        Flags.Replace(c, RflagsBit.CF, 0);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* SetCarry(CpuState* c, Uop* u)
    {
        Flags.Replace(c, RflagsBit.CF, RflagsBit.CF);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ComplementCarry(CpuState* c, Uop* u)
    {
        Flags.Set(c, Flags.Get(c) ^ RflagsBit.CF);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ClearDirection(CpuState* c, Uop* u)
    {
        c->ControlFlags &= ~RflagsBit.DF;
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* SetDirection(CpuState* c, Uop* u)
    {
        c->ControlFlags |= RflagsBit.DF;
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ClearInterrupt(CpuState* c, Uop* u)
    {
        if (c->Cpl > IoPrivilege(c)) return Flow.RaiseGeneralProtection(c, u);
        c->ControlFlags &= ~RflagsBit.IF;
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* SetInterrupt(CpuState* c, Uop* u)
    {
        if (c->Cpl > IoPrivilege(c)) return Flow.RaiseGeneralProtection(c, u);
        c->ControlFlags |= RflagsBit.IF;
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* LoadAh(CpuState* c, Uop* u)
    {
        ((byte*)&c->R[(int)Gpr.Rax])[1] = (byte)(Flags.Get(c) | RflagsBit.Fixed);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* StoreAh(CpuState* c, Uop* u)
    {
        const ulong LowFlags = RflagsBit.SF | RflagsBit.ZF | RflagsBit.AF | RflagsBit.PF | RflagsBit.CF;
        Flags.Replace(c, LowFlags, ((byte*)&c->R[(int)Gpr.Rax])[1]);
        return u[1].Run(c, u + 1);
    }
}
