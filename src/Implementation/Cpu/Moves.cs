using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>
/// MOV, MOVZX, MOVSX, MOVSXD, MOVNTI, LEA, BSWAP, SETcc, CMOVcc, the CBW and CWD families, XLAT, and the no-operations.
/// </summary>
internal static unsafe class Moves
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Mov, BuildMov);
        table.Add(Mnemonic.Movnti, t => t.Emit(Choose.Binary<MoveChooser>(t)));
        table.Add(Mnemonic.Movzx, t => BuildExtension<ZeroExtension>(t));
        table.Add(Mnemonic.Movsx, t => BuildExtension<SignExtension>(t));
        table.Add(Mnemonic.Movsxd, t => BuildExtension<SignExtension>(t));
        table.Add(Mnemonic.Lea, BuildLea);
        table.Add(Mnemonic.Bswap, BuildBswap);
        table.Add(Mnemonic.Cbw, t => BuildWiden<sbyte, ushort>(t));
        table.Add(Mnemonic.Cwde, t => BuildWiden<short, uint>(t));
        table.Add(Mnemonic.Cdqe, t => BuildWiden<int, ulong>(t));
        table.Add(Mnemonic.Cwd, t => t.Emit(new(&FillWithSign<ushort>)));
        table.Add(Mnemonic.Cdq, t => t.Emit(new(&FillWithSign<uint>)));
        table.Add(Mnemonic.Cqo, t => t.Emit(new(&FillWithSign<ulong>)));
        table.Add(Mnemonic.Clflush, BuildTouch, Traits.None);
        table.Add(Mnemonic.Xlatb, BuildXlat, Traits.None);
        foreach (Mnemonic nop in (Mnemonic[])[Mnemonic.Nop, Mnemonic.Reservednop, Mnemonic.Pause, Mnemonic.Endbr64,
            Mnemonic.Endbr32, Mnemonic.Prefetchw, Mnemonic.Prefetcht0, Mnemonic.Prefetcht1, Mnemonic.Prefetcht2,
            Mnemonic.Prefetchnta, Mnemonic.Prefetch, Mnemonic.Lfence, Mnemonic.Mfence, Mnemonic.Sfence])
            table.Add(nop, t => t.Emit(new(&Nothing)));
        foreach (Mnemonic set in (Mnemonic[])[Mnemonic.Seta, Mnemonic.Setae, Mnemonic.Setb, Mnemonic.Setbe, Mnemonic.Sete,
            Mnemonic.Setg, Mnemonic.Setge, Mnemonic.Setl, Mnemonic.Setle, Mnemonic.Setne, Mnemonic.Setno, Mnemonic.Setnp,
            Mnemonic.Setns, Mnemonic.Seto, Mnemonic.Setp, Mnemonic.Sets])
            table.Add(set, t => t.Emit(Choose.Place<SetChooser>(t)));
        foreach (Mnemonic move in (Mnemonic[])[Mnemonic.Cmova, Mnemonic.Cmovae, Mnemonic.Cmovb, Mnemonic.Cmovbe, Mnemonic.Cmove,
            Mnemonic.Cmovg, Mnemonic.Cmovge, Mnemonic.Cmovl, Mnemonic.Cmovle, Mnemonic.Cmovne, Mnemonic.Cmovno, Mnemonic.Cmovnp,
            Mnemonic.Cmovns, Mnemonic.Cmovo, Mnemonic.Cmovp, Mnemonic.Cmovs])
            table.Add(move, t => t.Emit(Choose.Binary<ConditionalMoveChooser>(t)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Uop* Nothing(CpuState* c, Uop* u) => u[1].Run(c, u + 1);

    private static void BuildMov(Translator t)
    {
        if (SegmentInstructions.TryBuildMov(t) || SystemInstructions.TryBuildMov(t)) return;
        t.Emit(Choose.Binary<MoveChooser>(t));
    }

    private readonly struct MoveChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand => new(&Move<T, TDest, TSrc>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Move<T, TDest, TSrc>(CpuState* c, Uop* u) where T : unmanaged where TDest : IOperand where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null) return Flow.Fault(c, u);
        TDest.Put(dest, *src);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>How a small operand becomes a wide one.</summary>
    private interface IExtension
    {
        static abstract ulong Extend<T>(T value) where T : unmanaged, IBinaryInteger<T>;
    }

    private readonly struct ZeroExtension : IExtension
    {
        public static ulong Extend<T>(T value) where T : unmanaged, IBinaryInteger<T> => ulong.CreateTruncating(value);
    }

    private readonly struct SignExtension : IExtension
    {
        public static ulong Extend<T>(T value) where T : unmanaged, IBinaryInteger<T> =>
            (ulong)(sizeof(T) switch
            {
                1 => sbyte.CreateTruncating(value),
                2 => short.CreateTruncating(value),
                4 => int.CreateTruncating(value),
                _ => long.CreateTruncating(value),
            });
    }

    private static void BuildExtension<TExtension>(Translator t) where TExtension : IExtension
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(t.OperandBytes(0) switch
        {
            2 => Choose.Source<ExtensionChooser<TExtension, ushort>>(t),
            4 => Choose.Source<ExtensionChooser<TExtension, uint>>(t),
            _ => Choose.Source<ExtensionChooser<TExtension, ulong>>(t),
        });
    }

    private readonly struct ExtensionChooser<TExtension, TWide> : IPlaceChooser
        where TExtension : IExtension where TWide : unmanaged, IBinaryInteger<TWide>
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Extend<TExtension, TWide, T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Extend<TExtension, TWide, T, TSrc>(CpuState* c, Uop* u)
        where TExtension : IExtension where TWide : unmanaged, IBinaryInteger<TWide> where T : unmanaged, IBinaryInteger<T>
        where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        Dst.Put(Dst.Modify<TWide>(c, u), TWide.CreateTruncating(TExtension.Extend(*src)));
        return u[1].Run(c, u + 1);
    }

    private static void BuildLea(Translator t)
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Memory();
        t.U->Segment = CpuState.NoRegister; // An effective address has no segment.
        t.Emit((t.OperandBytes(0), t.Addressing) switch
        {
            (2, _) => new(&LoadAddress<ushort, Flat>),
            (4, Addressing.Segmented16) => new(&LoadAddress<uint, Segmented<ushort>>),
            (4, _) => new(&LoadAddress<uint, Flat>),
            (_, Addressing.Narrow) => new(&LoadAddress<ulong, Narrow>),
            _ => new(&LoadAddress<ulong, Flat>),
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* LoadAddress<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        Dst.Put(Dst.Modify<T>(c, u), T.CreateTruncating(TAddressing.Linear(c, u)));
        return u[1].Run(c, u + 1);
    }

    private static void BuildBswap(Translator t)
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(t.OperandBytes(0) switch
        {
            8 => new(&Swap64),
            4 => new(&Swap32),
            _ => new(&Swap16),
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Swap64(CpuState* c, Uop* u)
    {
        ulong* place = Dst.Modify<ulong>(c, u);
        *place = BinaryPrimitives.ReverseEndianness(*place);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Swap32(CpuState* c, Uop* u)
    {
        ulong* place = Dst.Modify<ulong>(c, u);
        *place = BinaryPrimitives.ReverseEndianness((uint)*place);
        return u[1].Run(c, u + 1);
    }

    /// <summary>Undefined by the SDM; processors clear the register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Swap16(CpuState* c, Uop* u)
    {
        *Dst.Modify<ushort>(c, u) = 0;
        return u[1].Run(c, u + 1);
    }

    private static void BuildWiden<TNarrow, TWide>(Translator t)
        where TNarrow : unmanaged, IBinaryInteger<TNarrow> where TWide : unmanaged, IBinaryInteger<TWide>
    {
        t.U->Dst = CpuState.Offset(Gpr.Rax);
        t.Emit(new(&Widen<TNarrow, TWide>));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Widen<TNarrow, TWide>(CpuState* c, Uop* u)
        where TNarrow : unmanaged, IBinaryInteger<TNarrow> where TWide : unmanaged, IBinaryInteger<TWide>
    {
        Dst.Put(Dst.Modify<TWide>(c, u), TWide.CreateTruncating(*Dst.Read<TNarrow>(c, u)));
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* FillWithSign<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        T sign = Flags.MostSignificant(T.CreateTruncating(c->R[(int)Gpr.Rax])) ? ~T.Zero : T.Zero;
        Dst.Put((T*)&c->R[(int)Gpr.Rdx], sign);
        return u[1].Run(c, u + 1);
    }

    /// <summary>CLFLUSH: there is no cache, but the address is translated as for a load.</summary>
    private static void BuildTouch(Translator t) => t.Emit(Choose.Memory<TouchChooser>(t));

    private readonly struct TouchChooser : IAddressingChooser
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&Touch<TAddressing>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Touch<TAddressing>(CpuState* c, Uop* u) where TAddressing : IAddressing
    {
        if (Mem<TAddressing>.Read<byte>(c, u) == null) return Flow.Fault(c, u);
        return u[1].Run(c, u + 1);
    }

    private static void BuildXlat(Translator t)
    {
        t.U->Segment = t.Segment();
        t.U->Imm = (long)(ulong.MaxValue >> (64 - (8 * t.Instruction.MemoryBase.GetSize())));
        t.U->Scale = (byte)(t.Is64Bit || t.IsUnrestricted ? 0 : 1);
        t.Emit(new(&LookUp));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* LookUp(CpuState* c, Uop* u)
    {
        ulong address = (c->R[(int)Gpr.Rbx] + (byte)c->R[(int)Gpr.Rax]) & (ulong)u->Imm;
        if (u->Scale != 0 && !Segments.Allows(c, u->Segment, (uint)address, 1, AccessKind.Read)) return Flow.Fault(c, u);
        ulong linear = (address + CpuState.At<ulong>(c, u->Segment)) & c->LinearMask;
        byte* src = MemoryAccess.Read<byte>(c, linear, u->Segment);
        if (src == null) return Flow.Fault(c, u);
        *(byte*)&c->R[(int)Gpr.Rax] = *src;
        return u[1].Run(c, u + 1);
    }

    private readonly struct SetChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            Conditions.Choose<SetConditionChooser<TPlace>>(t.Instruction.ConditionCode);
    }

    private readonly struct SetConditionChooser<TPlace> : IConditionChooser where TPlace : IOperand
    {
        public static Handler For<TCondition>() where TCondition : ICondition => new(&Set<TPlace, TCondition>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Set<TPlace, TCondition>(CpuState* c, Uop* u) where TPlace : IOperand where TCondition : ICondition
    {
        byte* dest = TPlace.Modify<byte>(c, u);
        if (TPlace.IsMemory && dest == null) return Flow.Fault(c, u);
        *dest = Conditions.Hold<TCondition>(c) ? (byte)1 : (byte)0;
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private readonly struct ConditionalMoveChooser : IBinaryChooser
    {
        public static Handler For<T, TDest, TSrc>(Translator t)
            where T : unmanaged, IBinaryInteger<T> where TDest : IOperand where TSrc : IOperand =>
            Conditions.Choose<ConditionalMoveConditionChooser<T, TSrc>>(t.Instruction.ConditionCode);
    }

    private readonly struct ConditionalMoveConditionChooser<T, TSrc> : IConditionChooser
        where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        public static Handler For<TCondition>() where TCondition : ICondition => new(&ConditionalMove<T, TSrc, TCondition>);
    }

    /// <summary>CMOVcc reads its source whatever the condition says, and a 32-bit one always clears the upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* ConditionalMove<T, TSrc, TCondition>(CpuState* c, Uop* u)
        where T : unmanaged where TSrc : IOperand where TCondition : ICondition
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        T* dest = Dst.Modify<T>(c, u);
        Dst.Put(dest, Conditions.Hold<TCondition>(c) ? *src : *dest);
        return u[1].Run(c, u + 1);
    }
}
