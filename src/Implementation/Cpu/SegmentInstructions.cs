using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>MOV, PUSH and POP of segment registers, LDS, LES, LFS, LGS, LSS, LAR, LSL, VERR, VERW, and RDFSBASE and its family.</summary>
internal static unsafe class SegmentInstructions
{
    private const ulong Cr4FsGsBase = 1 << 16;

    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Rdfsbase, t => BuildBase<ReadBase>(t, SegmentRegister.Fs), Traits.None);
        table.Add(Mnemonic.Rdgsbase, t => BuildBase<ReadBase>(t, SegmentRegister.Gs), Traits.None);
        table.Add(Mnemonic.Wrfsbase, t => BuildBase<WriteBase>(t, SegmentRegister.Fs), Traits.None);
        table.Add(Mnemonic.Wrgsbase, t => BuildBase<WriteBase>(t, SegmentRegister.Gs), Traits.None);
        table.Add(Mnemonic.Les, t => BuildFarPointer(t, SegmentRegister.Es), Traits.None);
        table.Add(Mnemonic.Lds, t => BuildFarPointer(t, SegmentRegister.Ds), Traits.None);
        table.Add(Mnemonic.Lfs, t => BuildFarPointer(t, SegmentRegister.Fs), Traits.None);
        table.Add(Mnemonic.Lgs, t => BuildFarPointer(t, SegmentRegister.Gs), Traits.None);
        table.Add(Mnemonic.Lss, t => BuildFarPointer(t, SegmentRegister.Ss), Traits.None);
        table.Add(Mnemonic.Lar, BuildQuery<LarQuery>, Traits.None);
        table.Add(Mnemonic.Lsl, BuildQuery<LslQuery>, Traits.None);
        table.Add(Mnemonic.Verr, t => BuildVerify(t, forWrite: false), Traits.None);
        table.Add(Mnemonic.Verw, t => BuildVerify(t, forWrite: true), Traits.None);
    }

    public static bool TryBuildMov(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.Op1Kind == OpKind.Register && i.Op1Register.IsSegmentRegister())
        {
            t.U->Imm = i.Op1Register - Iced.Intel.Register.ES;
            t.Emit(Choose.Place<StoreChooser>(t));
            return true;
        }

        if (i.Op0Kind != OpKind.Register || !i.Op0Register.IsSegmentRegister()) return false;
        if (i.Op0Register == Iced.Intel.Register.CS)
        {
            t.EmitRaise(Vector.UD);
            return true;
        }

        t.U->Imm = i.Op0Register - Iced.Intel.Register.ES;
        t.Emit(Choose.Source<LoadChooser>(t));
        return true;
    }

    public static bool TryBuildPush(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.Op0Kind != OpKind.Register || !i.Op0Register.IsSegmentRegister()) return false;
        t.U->Imm = i.Op0Register - Iced.Intel.Register.ES;
        t.Emit(i.StackPointerIncrement switch
        {
            -2 => Choose.Mode<PushChooser<ushort>>(t),
            -4 => Choose.Mode<PushChooser<uint>>(t),
            _ => Choose.Mode<PushChooser<ulong>>(t),
        });
        return true;
    }

    public static bool TryBuildPop(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        if (i.Op0Kind != OpKind.Register || !i.Op0Register.IsSegmentRegister()) return false;
        t.U->Imm = i.Op0Register - Iced.Intel.Register.ES;
        t.Emit(i.StackPointerIncrement switch
        {
            2 => Choose.Mode<PopChooser<ushort>>(t),
            4 => Choose.Mode<PopChooser<uint>>(t),
            _ => Choose.Mode<PopChooser<ulong>>(t),
        });
        return true;
    }

    private readonly struct StoreChooser : IPlaceChooser
    {
        /// <summary>To memory always 16 bits; to a register the selector is zero-extended to the operand's size.</summary>
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            TPlace.IsMemory ? new(&StoreSelector<ushort, TPlace>) : new(&StoreSelector<T, TPlace>);
    }

    private readonly struct PushChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Push<T, TMode>);
    }

    private readonly struct PopChooser<T> : IModeChooser where T : unmanaged
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Pop<T, TMode>);
    }

    private readonly struct LoadChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&LoadSelector<TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* StoreSelector<T, TPlace>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand
    {
        T* dest = TPlace.Modify<T>(c, u);
        if (TPlace.IsMemory && dest == null) return Flow.Fault(c, u);
        TPlace.Put(dest, T.CreateTruncating(c->Selector[u->Imm]));
        if (TPlace.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* LoadSelector<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        ushort* src = TSrc.Read<ushort>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        if (!Segments.TryLoad(c, (SegmentRegister)u->Imm, *src)) return Flow.Fault(c, u);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Push<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T));
        T* dest = TMode.ModifyStack<T>(c, top);
        if (dest == null) return Flow.Fault(c, u);
        *dest = T.CreateTruncating(c->Selector[u->Imm]);
        TMode.SetStackPointer(c, top);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Pop<T, TMode>(CpuState* c, Uop* u) where T : unmanaged where TMode : IMode
    {
        ulong top = TMode.StackPointer(c), next = TMode.Wrap(c, top + (ulong)sizeof(T)); // At the stack that SS names before.
        T* src = TMode.ReadStack<T>(c, top);
        if (src == null) return Flow.Fault(c, u);
        ulong whole = c->R[(int)Gpr.Rsp];
        TMode.SetStackPointer(c, next);
        if (!Segments.TryLoad(c, (SegmentRegister)u->Imm, *(ushort*)src))
        {
            c->R[(int)Gpr.Rsp] = whole;
            return Flow.Fault(c, u);
        }

        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    private static void BuildFarPointer(Translator t, SegmentRegister segment)
    {
        if (t.Instruction.Op1Kind != OpKind.Memory)
        {
            t.EmitRaise(Vector.UD);
            return;
        }

        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.U->Imm = (int)segment;
        t.Emit(t.OperandBytes(0) switch
        {
            2 => Choose.Memory<FarPointerChooser<ushort>>(t),
            4 => Choose.Memory<FarPointerChooser<uint>>(t),
            _ => Choose.Memory<FarPointerChooser<ulong>>(t),
        });
    }

    private readonly struct FarPointerChooser<T> : IAddressingChooser where T : unmanaged
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            new(&LoadFarPointer<T, TAddressing>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* LoadFarPointer<T, TAddressing>(CpuState* c, Uop* u) where T : unmanaged where TAddressing : IAddressing
    {
        if (!TAddressing.Allows(c, u, sizeof(T) + sizeof(ushort), AccessKind.Read)) return Flow.Fault(c, u);
        ushort* selector = MemoryAccess.Read<ushort>(c, TAddressing.Linear(c, u, (ulong)sizeof(T)), u->Segment);
        if (selector == null) return Flow.Fault(c, u);
        ushort loaded = *selector; // The second read may reuse the stage.
        T* offset = MemoryAccess.Read<T>(c, TAddressing.Linear(c, u), u->Segment);
        if (offset == null) return Flow.Fault(c, u);
        if (!Segments.TryLoad(c, (SegmentRegister)u->Imm, loaded)) return Flow.Fault(c, u);
        Dst.Put(Dst.Modify<T>(c, u), *offset);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>LAR or LSL: what a selector's descriptor says, where the current privilege may know.</summary>
    private interface IQuery
    {
        static abstract bool AllowsSystem(int type, bool isLongModeActive);

        static abstract uint Answer(Descriptor descriptor);
    }

    private readonly struct LarQuery : IQuery
    {
        /// <summary>In IA-32e mode: LDT, TSS, call gate; else also their 16-bit forms and task gates (SDM, "LAR", table 3-53).</summary>
        public static bool AllowsSystem(int type, bool isLongModeActive) =>
            type is 2 or 9 or 11 or 12 || (!isLongModeActive && type is 1 or 3 or 4 or 5);

        public static uint Answer(Descriptor descriptor) => (uint)(descriptor.Raw >> 32) & 0x00FF_FF00;
    }

    private readonly struct LslQuery : IQuery
    {
        public static bool AllowsSystem(int type, bool isLongModeActive) =>
            type is 2 or 9 or 11 || (!isLongModeActive && type is 1 or 3);

        public static uint Answer(Descriptor descriptor) => descriptor.Limit;
    }

    private static void BuildQuery<TQuery>(Translator t) where TQuery : IQuery
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.Emit(t.OperandBytes(0) switch
        {
            2 => Choose.Source<QueryChooser<TQuery, ushort>>(t),
            4 => Choose.Source<QueryChooser<TQuery, uint>>(t),
            _ => Choose.Source<QueryChooser<TQuery, ulong>>(t),
        });
    }

    private readonly struct QueryChooser<TQuery, TWide> : IPlaceChooser
        where TQuery : IQuery where TWide : unmanaged, IBinaryInteger<TWide>
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Query<TQuery, TWide, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Query<TQuery, T, TSrc>(CpuState* c, Uop* u)
        where TQuery : IQuery where T : unmanaged, IBinaryInteger<T> where TSrc : IOperand
    {
        ushort* src = TSrc.Read<ushort>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        Descriptor descriptor = Segments.Peek(c, *src);
        if (Segments.IsAbsent(c)) return FaultOnTable(c, u);
        bool known = descriptor.Raw != 0 && Segments.IsVisible(c, *src, descriptor)
            && (descriptor.IsCodeOrData || TQuery.AllowsSystem(descriptor.Type, CodeSegments.IsLongModeActive(c)));
        Flags.Replace(c, RflagsBit.ZF, known ? RflagsBit.ZF : 0);
        if (known) Dst.Put(Dst.Modify<T>(c, u), T.CreateTruncating(TQuery.Answer(descriptor)));
        return u[1].Run(c, u + 1);
    }

    private static Uop* FaultOnTable(CpuState* c, Uop* u)
    {
        Segments.Refuse(c, Vector.GP, 0);
        return Flow.Fault(c, u);
    }

    private static void BuildVerify(Translator t, bool forWrite)
    {
        t.U->Imm = forWrite ? 1 : 0;
        t.Emit(Choose.Source<VerifyChooser>(t, 0));
    }

    private readonly struct VerifyChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Verify<TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Verify<TSrc>(CpuState* c, Uop* u) where TSrc : IOperand
    {
        ushort* src = TSrc.Read<ushort>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        Descriptor descriptor = Segments.Peek(c, *src);
        if (Segments.IsAbsent(c)) return FaultOnTable(c, u);
        bool allowed = descriptor.IsCodeOrData && Segments.IsVisible(c, *src, descriptor)
            && (u->Imm != 0 ? descriptor.IsWritableData : descriptor.IsReadable);
        Flags.Replace(c, RflagsBit.ZF, allowed ? RflagsBit.ZF : 0);
        return u[1].Run(c, u + 1);
    }

    /// <summary>RDFSBASE, RDGSBASE or WRFSBASE, WRGSBASE.</summary>
    private interface IBaseOperation
    {
        static abstract bool Writes { get; }
    }

    private readonly struct ReadBase : IBaseOperation
    {
        public static bool Writes => false;
    }

    private readonly struct WriteBase : IBaseOperation
    {
        public static bool Writes => true;
    }

    private static void BuildBase<TOp>(Translator t, SegmentRegister segment) where TOp : IBaseOperation
    {
        t.U->Dst = Translator.Offset(t.Instruction.Op0Register);
        t.U->Src = CpuState.SegmentBaseOffset(segment);
        t.Emit(t.OperandBytes(0) == 4 ? new(&AccessBase<TOp, uint>) : new(&AccessBase<TOp, ulong>));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* AccessBase<TOp, T>(CpuState* c, Uop* u) where TOp : IBaseOperation where T : unmanaged, IBinaryInteger<T>
    {
        if ((c->Cr4 & Cr4FsGsBase) == 0) return Flow.Raise(c, u, Vector.UD, 0);
        ulong value = ulong.CreateTruncating(*Dst.Read<T>(c, u));
        if (TOp.Writes && !PageWalk.IsCanonical(value)) return Flow.RaiseGeneralProtection(c, u);
        if (TOp.Writes) *Src.Modify<ulong>(c, u) = value;
        else Dst.Put(Dst.Modify<T>(c, u), *Src.Read<T>(c, u));
        return u[1].Run(c, u + 1);
    }
}
