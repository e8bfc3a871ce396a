using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>SHLD or SHRD by a masked count that is not zero.</summary>
internal interface IDoubleShift
{
    static abstract T Compute<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T>;

    static abstract bool Carry<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>SHLD: bits of SRC enter from the right.</summary>
internal readonly unsafe struct Shld : IDoubleShift
{
    public static T Compute<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(DoubleShifts.Concatenate(dest, src) << count >> (sizeof(T) * 8));

    public static bool Carry<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T> =>
        (DoubleShifts.Concatenate(dest, src) >> (sizeof(T) * 16 - count) & 1) != UInt128.Zero;
}

/// <summary>SHRD: bits of SRC enter from the left.</summary>
internal readonly unsafe struct Shrd : IDoubleShift
{
    public static T Compute<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T> =>
        T.CreateTruncating(DoubleShifts.Concatenate(src, dest) >> count);

    public static bool Carry<T>(T dest, T src, int count) where T : unmanaged, IBinaryInteger<T> =>
        (DoubleShifts.Concatenate(src, dest) >> (count - 1) & 1) != UInt128.Zero;
}

/// <summary>SHLD and SHRD. For 16-bit operands a count above 16 is undefined; then 32 bits are taken as they stand.</summary>
internal static unsafe class DoubleShifts
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Shld, Build<Shld>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Shrd, Build<Shrd>, Traits.Pure | Traits.DefinesAllFlags | Traits.MayKeepFlagsByCount);
    }

    public static UInt128 Concatenate<T>(T high, T low) where T : unmanaged, IBinaryInteger<T> =>
        UInt128.CreateTruncating(high) << (sizeof(T) * 8) | UInt128.CreateTruncating(low);

    private static void Build<TShift>(Translator t) where TShift : IDoubleShift
    {
        int count = Shifts.ImmediateCount(t.Instruction, t.OperandBytes(0), countOperand: 2);
        t.U->Imm = count;
        t.U->Src = Translator.Offset(t.Instruction.Op1Register);
        t.Emit(count switch
        {
            -1 => Choose.Place<Chooser<TShift, CountCl>>(t),
            0 => Choose.Place<Shifts.ZeroCountChooser>(t),
            _ => Choose.Place<Chooser<TShift, CountImmediate>>(t),
        });
    }

    private readonly struct Chooser<TShift, TCount> : IPlaceChooser where TShift : IDoubleShift where TCount : ICount
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Execute<TShift, TCount, T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TShift, TCount, T, TPlace>(CpuState* c, Uop* u)
        where TShift : IDoubleShift where TCount : ICount where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand
    {
        T* place = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && place == null) return Flow.Fault(c, u);
        int count = TCount.Get<T>(c, u);
        T a = *place;
        if (TCount.MayBeZero && count == 0)
        {
            TPlace.Put(place, a);
            return u[1].Run(c, u + 1);
        }

        T b = *Src.Read<T>(c, u), r = TShift.Compute(a, b, count);
        bool overflow = Flags.MostSignificant(a ^ r);
        Flags.Record<Shifted, T>(c, TShift.Carry(a, b, count) ? T.One : T.Zero, overflow ? T.One : T.Zero, r);
        TPlace.Put(place, r);
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }
}
