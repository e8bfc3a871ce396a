using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>DAA, DAS, AAA, AAS, AAM, AAD: decimal digits in AL and AX. 16- and 32-bit code only.</summary>
/// <remarks>
/// The flags that the SDM leaves undefined follow the result or are cleared; CF and AF, where they are defined, are as it says.
/// </remarks>
internal static unsafe class Decimal
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Daa, t => t.Emit(new(&AdjustPacked<AfterAddition>)));
        table.Add(Mnemonic.Das, t => t.Emit(new(&AdjustPacked<AfterSubtraction>)));
        table.Add(Mnemonic.Aaa, t => t.Emit(new(&AdjustDigit<AfterAddition>)));
        table.Add(Mnemonic.Aas, t => t.Emit(new(&AdjustDigit<AfterSubtraction>)));
        table.Add(Mnemonic.Aam, t => BuildWithBase(t, new(&Split)), Traits.None);
        table.Add(Mnemonic.Aad, t => BuildWithBase(t, new(&Join)));
    }

    /// <summary>What is adjusted: a sum or a difference.</summary>
    private interface IDecimal
    {
        static abstract int Adjust(int value, int by);

        /// <summary>Whether taking 6 or 60h away borrowed.</summary>
        static abstract bool Borrows(int value, int by);
    }

    private readonly struct AfterAddition : IDecimal
    {
        public static int Adjust(int value, int by) => value + by;

        public static bool Borrows(int value, int by) => false;
    }

    private readonly struct AfterSubtraction : IDecimal
    {
        public static int Adjust(int value, int by) => value - by;

        public static bool Borrows(int value, int by) => value < by;
    }

    private static void BuildWithBase(Translator t, Handler handler)
    {
        t.U->Imm = t.Instruction.Immediate8;
        t.Emit(handler);
    }

    /// <summary>DAA, DAS (SDM Vol. 2A).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* AdjustPacked<TOp>(CpuState* c, Uop* u) where TOp : IDecimal
    {
        byte* al = (byte*)&c->R[(int)Gpr.Rax];
        ulong flags = Flags.Get(c);
        int before = *al;
        bool low = (before & 15) > 9 || (flags & RflagsBit.AF) != 0;
        bool high = before > 0x99 || (flags & RflagsBit.CF) != 0;
        bool carry = high || (low && TOp.Borrows(before, 6));
        int value = low ? TOp.Adjust(before, 6) : before;
        if (high) value = TOp.Adjust(value, 0x60);
        *al = (byte)value;
        Flags.Set(c, Flags.OfResult(*al) | (low ? RflagsBit.AF : 0) | (carry ? RflagsBit.CF : 0));
        return u[1].Run(c, u + 1);
    }

    /// <summary>AAA, AAS (SDM Vol. 2A).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* AdjustDigit<TOp>(CpuState* c, Uop* u) where TOp : IDecimal
    {
        ushort* ax = (ushort*)&c->R[(int)Gpr.Rax];
        bool adjusts = (*ax & 15) > 9 || (Flags.Get(c) & RflagsBit.AF) != 0;
        if (adjusts) *ax = (ushort)TOp.Adjust(*ax, 0x106);
        *ax &= 0xFF0F;
        Flags.Set(c, Flags.OfResult(*(byte*)ax) | (adjusts ? RflagsBit.AF | RflagsBit.CF : 0));
        return u[1].Run(c, u + 1);
    }

    /// <summary>AAM: AH ← AL / base, AL ← AL mod base.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Split(CpuState* c, Uop* u)
    {
        if (u->Imm == 0) return Flow.Raise(c, u, Vector.DE, 0);
        byte* ax = (byte*)&c->R[(int)Gpr.Rax];
        (ax[1], ax[0]) = Math.DivRem(ax[0], (byte)u->Imm);
        Flags.Set(c, Flags.OfResult(ax[0]));
        return u[1].Run(c, u + 1);
    }

    /// <summary>AAD: AL ← AL + AH × base, AH ← 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Join(CpuState* c, Uop* u)
    {
        byte* ax = (byte*)&c->R[(int)Gpr.Rax];
        ax[0] = (byte)(ax[0] + (ax[1] * u->Imm));
        ax[1] = 0;
        Flags.Set(c, Flags.OfResult(ax[0]));
        return u[1].Run(c, u + 1);
    }
}
