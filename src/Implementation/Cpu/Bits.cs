using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>What BT, BTS, BTR and BTC do to the bit they copied to CF.</summary>
internal interface IBitOperation
{
    static virtual bool Writes => true;

    static abstract T Change<T>(T value, T bit) where T : unmanaged, IBinaryInteger<T>;
}

internal readonly struct Bt : IBitOperation
{
    public static bool Writes => false;

    public static T Change<T>(T value, T bit) where T : unmanaged, IBinaryInteger<T> => value;
}

internal readonly struct Bts : IBitOperation
{
    public static T Change<T>(T value, T bit) where T : unmanaged, IBinaryInteger<T> => value | bit;
}

internal readonly struct Btr : IBitOperation
{
    public static T Change<T>(T value, T bit) where T : unmanaged, IBinaryInteger<T> => value & ~bit;
}

internal readonly struct Btc : IBitOperation
{
    public static T Change<T>(T value, T bit) where T : unmanaged, IBinaryInteger<T> => value ^ bit;
}

/// <summary>BSF and BSR: a zero source sets ZF and leaves the destination alone; ZF is the only flag that changes.</summary>
internal interface IBitScan
{
    static abstract int Scan(ulong value);
}

internal readonly struct ScanForward : IBitScan
{
    public static int Scan(ulong value) => BitOperations.TrailingZeroCount(value);
}

internal readonly struct ScanReverse : IBitScan
{
    public static int Scan(ulong value) => 63 - BitOperations.LeadingZeroCount(value);
}

/// <summary>BT, BTS, BTR, BTC, BSF, BSR, TZCNT, LZCNT, POPCNT.</summary>
internal static unsafe class Bits
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Bt, Build<Bt>);
        table.Add(Mnemonic.Bts, Build<Bts>);
        table.Add(Mnemonic.Btr, Build<Btr>);
        table.Add(Mnemonic.Btc, Build<Btc>);
        table.Add(Mnemonic.Bsf, BuildScan<ScanForward>);
        table.Add(Mnemonic.Bsr, BuildScan<ScanReverse>);
        const Traits Count = Traits.Pure | Traits.MayKeepFlags;
        table.Add(Mnemonic.Tzcnt, t => BuildCount<TrailingZeros, ScanForward>(t, t.Features.Bmi1), Count);
        table.Add(Mnemonic.Lzcnt, t => BuildCount<LeadingZeros, ScanReverse>(t, t.Features.Lzcnt), Count);
        table.Add(Mnemonic.Popcnt, BuildPopcnt);
    }

    private static void Build<TOp>(Translator t) where TOp : IBitOperation
    {
        ref readonly Instruction i = ref t.Instruction;
        bool farOffset = i.Op0Kind == OpKind.Memory && i.Op1Kind == OpKind.Register;
        if (farOffset) t.Emit(Choose.Binary<StringChooser<TOp>>(t));
        else t.Emit(Choose.Binary<Chooser<TOp>>(t));
    }

    private readonly struct Chooser<TOp> : IBinaryChooser where TOp : IBitOperation
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand =>
                new(&Execute<TOp, T, TDest, TSrc>);
    }

    private readonly struct StringChooser<TOp> : IBinaryChooser where TOp : IBitOperation
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand =>
            Choose.Addressing<AddressedStringChooser<TOp, T>>(t);
    }

    private readonly struct AddressedStringChooser<TOp, T> : IAddressingChooser
        where TOp : IBitOperation where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            new(&ExecuteInString<TOp, T, TAddressing>);
    }

    /// <summary>A bit of a register or, by an immediate, of one memory operand: the offset is taken modulo the width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Execute<TOp, T, TDest, TSrc>(CpuState* c, Uop* u)
        where TOp : IBitOperation where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand
    {
        T* place = TOp.Writes ? TDest.Modify<T>(c, u) : TDest.Read<T>(c, u);
        if (TDest.IsMemory && place == null) return Flow.Fault(c, u);
        int offset = (int)(uint.CreateTruncating(*TSrc.Read<T>(c, u)) & (uint)(sizeof(T) * 8 - 1));
        T value = *place, bit = T.One << offset;
        if (TOp.Writes) TDest.Put(place, TOp.Change(value, bit));
        Flags.Replace(c, RflagsBit.CF, T.IsZero(value & bit) ? 0 : RflagsBit.CF);
        if (TOp.Writes && TDest.IsMemory && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>A bit of a bit string in memory: the register's offset is signed and reaches beyond the operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ExecuteInString<TOp, T, TAddressing>(CpuState* c, Uop* u)
        where TOp : IBitOperation where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        long offset = Flags.SignExtend(*Src.Read<T>(c, u));
        ulong further = (ulong)((offset >> (sizeof(T) == 8 ? 6 : sizeof(T) == 4 ? 5 : 4)) * sizeof(T));
        AccessKind access = TOp.Writes ? AccessKind.Write : AccessKind.Read;
        if (!TAddressing.Allows(c, u, sizeof(T), access, further)) return Flow.Fault(c, u);
        ulong linear = TAddressing.Linear(c, u, further);
        T* place = TOp.Writes ? MemoryAccess.Modify<T>(c, linear, u->Segment) : MemoryAccess.Read<T>(c, linear, u->Segment);
        if (place == null) return Flow.Fault(c, u);
        T value = *place, bit = T.One << (int)(offset & (sizeof(T) * 8 - 1));
        if (TOp.Writes) *place = TOp.Change(value, bit);
        Flags.Replace(c, RflagsBit.CF, T.IsZero(value & bit) ? 0 : RflagsBit.CF);
        if (TOp.Writes && MemoryAccess.IsStaged(c, place)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private static void BuildScan<TScan>(Translator t) where TScan : IBitScan
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(Choose.Source<ScanChooser<TScan>>(t));
    }

    private readonly struct ScanChooser<TScan> : IPlaceChooser where TScan : IBitScan
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Scan<TScan, T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Scan<TScan, T, TSrc>(CpuState* c, Uop* u)
        where TScan : IBitScan where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T value = *src;
        Flags.Replace(c, RflagsBit.ZF, T.IsZero(value) ? RflagsBit.ZF : 0);
        if (!T.IsZero(value)) Dst.Put(Dst.Modify<T>(c, u), T.CreateTruncating(TScan.Scan(ulong.CreateTruncating(value))));
        return u[1].Run(c, u + 1);
    }

    /// <summary>A count whose flags are defined, unlike those of the scan that older processors make of its encoding.</summary>
    private interface ICountBits
    {
        static abstract ulong Count(ulong value, int bits);
    }

    private readonly struct TrailingZeros : ICountBits
    {
        public static ulong Count(ulong value, int bits) => Math.Min((ulong)BitOperations.TrailingZeroCount(value), (ulong)bits);
    }

    private readonly struct LeadingZeros : ICountBits
    {
        public static ulong Count(ulong value, int bits) => (ulong)(BitOperations.LeadingZeroCount(value) - (64 - bits));
    }

    private static void BuildCount<TCount, TScan>(Translator t, bool supported) where TCount : ICountBits where TScan : IBitScan
    {
        if (!supported)
        {
            BuildScan<TScan>(t);
            return;
        }

        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(Choose.Source<CountChooser<TCount>>(t));
    }

    private readonly struct CountChooser<TCount> : IPlaceChooser where TCount : ICountBits
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Count<TCount, T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Count<TCount, T, TSrc>(CpuState* c, Uop* u)
        where TCount : ICountBits where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong value = ulong.CreateTruncating(*src), count = TCount.Count(value, sizeof(T) * 8);
        Flags.Replace(c, RflagsBit.CF | RflagsBit.ZF, (value == 0 ? RflagsBit.CF : 0) | (count == 0 ? RflagsBit.ZF : 0));
        Dst.Put(Dst.Modify<T>(c, u), T.CreateTruncating(count));
        return u[1].Run(c, u + 1);
    }

    private static void BuildPopcnt(Translator t)
    {
        if (!t.Features.Popcnt)
        {
            t.EmitRaise(Vector.UD);
            return;
        }

        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(Choose.Source<PopcntChooser>(t));
    }

    private readonly struct PopcntChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&PopulationCount<T, TPlace>);
    }

    /// <summary>POPCNT: ZF for a zero source, all other flags 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PopulationCount<T, TSrc>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T value = *src;
        Flags.Set(c, T.IsZero(value) ? RflagsBit.ZF : 0);
        Dst.Put(Dst.Modify<T>(c, u), T.PopCount(value));
        return u[1].Run(c, u + 1);
    }
}
