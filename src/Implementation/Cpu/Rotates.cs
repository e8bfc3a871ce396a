using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>A rotation by a masked count that is not zero. Only CF and OF change.</summary>
internal interface IRotate
{
    /// <summary>ROL, ROR: the count modulo the width; RCL, RCR: modulo the width plus the carry.</summary>
    static abstract T Compute<T>(T dest, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>;

    static abstract bool Carry<T>(T dest, T result, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>;

    /// <summary>OF as for a count of 1; undefined for others and computed the same way.</summary>
    static abstract bool Overflow<T>(T result, bool carry) where T : unmanaged, IBinaryInteger<T>;
}

/// <summary>ROL.</summary>
internal readonly struct Rol : IRotate
{
    public static T Compute<T>(T dest, int count, bool carryIn)
        where T : unmanaged, IBinaryInteger<T> => T.RotateLeft(dest, count);

    public static bool Carry<T>(T dest, T result, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T> =>
        T.IsOddInteger(result);

    public static bool Overflow<T>(T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result) != carry;
}

/// <summary>ROR.</summary>
internal readonly struct Ror : IRotate
{
    public static T Compute<T>(T dest, int count, bool carryIn)
        where T : unmanaged, IBinaryInteger<T> => T.RotateRight(dest, count);

    public static bool Carry<T>(T dest, T result, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result);

    public static bool Overflow<T>(T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result) != Flags.MostSignificant(result << 1);
}

/// <summary>RCL: a rotation through CF.</summary>
internal readonly unsafe struct Rcl : IRotate
{
    public static T Compute<T>(T dest, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>
    {
        int bits = sizeof(T) * 8, n = count % (bits + 1);
        if (n == 0) return dest;
        UInt128 wide = UInt128.CreateTruncating(dest) | (carryIn ? UInt128.One << bits : UInt128.Zero);
        return T.CreateTruncating(wide << n | wide >> (bits + 1 - n));
    }

    public static bool Carry<T>(T dest, T result, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>
    {
        int bits = sizeof(T) * 8, n = count % (bits + 1);
        return n == 0 ? carryIn : (ulong.CreateTruncating(dest) >> (bits - n) & 1) != 0;
    }

    public static bool Overflow<T>(T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result) != carry;
}

/// <summary>RCR: a rotation through CF.</summary>
internal readonly unsafe struct Rcr : IRotate
{
    public static T Compute<T>(T dest, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>
    {
        int bits = sizeof(T) * 8, n = count % (bits + 1);
        if (n == 0) return dest;
        UInt128 wide = UInt128.CreateTruncating(dest) | (carryIn ? UInt128.One << bits : UInt128.Zero);
        return T.CreateTruncating(wide >> n | wide << (bits + 1 - n));
    }

    public static bool Carry<T>(T dest, T result, int count, bool carryIn) where T : unmanaged, IBinaryInteger<T>
    {
        int n = count % (sizeof(T) * 8 + 1);
        return n == 0 ? carryIn : (ulong.CreateTruncating(dest) >> (n - 1) & 1) != 0;
    }

    public static bool Overflow<T>(T result, bool carry) where T : unmanaged, IBinaryInteger<T> =>
        Flags.MostSignificant(result) != Flags.MostSignificant(result << 1);
}

/// <summary>ROL, ROR, RCL, RCR.</summary>
internal static unsafe class Rotates
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Rol, Build<Rol>, Traits.Pure | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Ror, Build<Ror>, Traits.Pure | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Rcl, Build<Rcl>, Traits.Pure | Traits.MayKeepFlagsByCount);
        table.Add(Mnemonic.Rcr, Build<Rcr>, Traits.Pure | Traits.MayKeepFlagsByCount);
    }

    private static void Build<TRotate>(Translator t) where TRotate : IRotate
    {
        int count = Shifts.ImmediateCount(t.Instruction, t.OperandBytes(0));
        t.U->Imm = count;
        t.Emit(count switch
        {
            -1 => Choose.Place<Chooser<TRotate, CountCl>>(t),
            0 => Choose.Place<Shifts.ZeroCountChooser>(t),
            _ => Choose.Place<Chooser<TRotate, CountImmediate>>(t),
        });
    }

    private readonly struct Chooser<TRotate, TCount> : IPlaceChooser where TRotate : IRotate where TCount : ICount
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            t.FlagsLive ? new(&Execute<TRotate, TCount, T, TPlace, Live>) : new(&Execute<TRotate, TCount, T, TPlace, Dead>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TRotate, TCount, T, TPlace, TLive>(CpuState* c, Uop* u)
        where TRotate : IRotate where TCount : ICount where T : unmanaged, IBinaryInteger<T>
        where TPlace : IOperand where TLive : IFlagsLive
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

        bool carryIn = (typeof(TRotate) == typeof(Rcl) || typeof(TRotate) == typeof(Rcr)) && Flags.Carry(c);
        T r = TRotate.Compute(a, count, carryIn);
        if (TLive.Value)
        {
            bool carry = TRotate.Carry(a, r, count, carryIn);
            Flags.Replace(c, RflagsBit.CF | RflagsBit.OF,
                (carry ? RflagsBit.CF : 0) | (TRotate.Overflow(r, carry) ? RflagsBit.OF : 0));
        }

        TPlace.Put(place, r);
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }
}
