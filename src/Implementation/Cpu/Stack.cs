using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>PUSH, POP, ENTER, LEAVE, PUSHF, POPF. The stack pointer moves only after the last access that can fault.</summary>
internal static unsafe class Stack
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Push, BuildPush);
        table.Add(Mnemonic.Pop, BuildPop, Traits.None);
        table.Add(Mnemonic.Leave, t => t.Emit(t.Instruction.Code == Code.Leavew ? new(&Leave<ushort>) : new(&Leave<ulong>)));
        table.Add(Mnemonic.Enter, BuildEnter, Traits.None);
        table.Add(Mnemonic.Pushfq, t => t.Emit(new(&PushFlags<ulong>)), Traits.None);
        table.Add(Mnemonic.Pushf, t => t.Emit(new(&PushFlags<ushort>)), Traits.None);
        table.Add(Mnemonic.Popfq, t => t.Emit(new(&PopFlags<ulong>)), Traits.EndsBlock);
        table.Add(Mnemonic.Popf, t => t.Emit(new(&PopFlags<ushort>)), Traits.EndsBlock);
    }

    private static void BuildPush(Translator t)
    {
        if (SegmentInstructions.TryBuildPush(t)) return;
        ref readonly Instruction i = ref t.Instruction;
        bool word = i.StackPointerIncrement == -2;
        if (i.Op0Kind is not (OpKind.Register or OpKind.Memory))
        {
            t.U->Imm = (long)i.GetImmediate(0);
            t.Emit(word ? new(&Push<ushort, Imm>) : new(&Push<ulong, Imm>));
            return;
        }

        t.Emit(Choose.Source<PushChooser>(t, 0));
    }

    private static void BuildPop(Translator t)
    {
        if (SegmentInstructions.TryBuildPop(t)) return;
        t.Emit(Choose.Place<PopChooser>(t));
    }

    private readonly struct PushChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Push<T, TPlace>);
    }

    private readonly struct PopChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            new(&Pop<T, TPlace>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Push<T, TSrc>(CpuState* c, Uop* u) where T : unmanaged where TSrc : IOperand
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong top = c->R[(int)Gpr.Rsp] - (ulong)sizeof(T);
        T* dest = MemoryAccess.Modify<T>(c, top, CpuState.SsBase);
        if (dest == null) return Flow.Fault(c, u);
        *dest = *src;
        c->R[(int)Gpr.Rsp] = top;
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>POP: a destination in memory is addressed with the stack pointer already moved (SDM, "POP").</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Pop<T, TDest>(CpuState* c, Uop* u) where T : unmanaged where TDest : IOperand
    {
        ulong top = c->R[(int)Gpr.Rsp];
        T* src = MemoryAccess.Read<T>(c, top, CpuState.SsBase);
        if (src == null) return Flow.Fault(c, u);
        c->R[(int)Gpr.Rsp] = top + (ulong)sizeof(T);
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null)
        {
            c->R[(int)Gpr.Rsp] = top;
            return Flow.Fault(c, u);
        }

        TDest.Put(dest, *src);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Leave<T>(CpuState* c, Uop* u) where T : unmanaged
    {
        ulong frame = c->R[(int)Gpr.Rbp];
        T* saved = MemoryAccess.Read<T>(c, frame, CpuState.SsBase);
        if (saved == null) return Flow.Fault(c, u);
        *(T*)&c->R[(int)Gpr.Rbp] = *saved;
        c->R[(int)Gpr.Rsp] = frame + (ulong)sizeof(T);
        return u[1].Run(c, u + 1);
    }

    private static void BuildEnter(Translator t)
    {
        t.U->Imm = t.Instruction.Immediate16;
        t.U->Scale = (byte)(t.Instruction.Immediate8_2nd & 31);
        t.Emit(t.Instruction.Code == Code.Enterw_imm16_imm8 ? new(&Enter<ushort>) : new(&Enter<ulong>));
    }

    /// <summary>
    /// ENTER pushes one word after another; a fault leaves those it pushed in memory and the registers as they were.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Enter<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        ulong size = (ulong)sizeof(T);
        int level = u->Scale;
        ulong outerFrame = c->R[(int)Gpr.Rbp];
        ulong frame = c->R[(int)Gpr.Rsp] - size, top = frame;
        if (!Store(c, top, T.CreateTruncating(outerFrame))) return Flow.Fault(c, u);
        for (int k = 1; k < level; k++)
        {
            T* outer = MemoryAccess.Read<T>(c, outerFrame - ((ulong)k * size), CpuState.SsBase);
            if (outer == null || !Store(c, top -= size, *outer)) return Flow.Fault(c, u);
        }

        if (level > 0 && !Store(c, top -= size, T.CreateTruncating(frame))) return Flow.Fault(c, u);
        top -= (ulong)u->Imm;
        if (!MemoryAccess.Probe(c, top, sizeof(T), AccessKind.Write, CpuState.SsBase)) return Flow.Fault(c, u);

        *(T*)&c->R[(int)Gpr.Rbp] = T.CreateTruncating(frame);
        c->R[(int)Gpr.Rsp] = top;
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>A store outside the tail of a handler: staged bytes are committed at once.</summary>
    public static bool Store<T>(CpuState* c, ulong linear, T value) where T : unmanaged
    {
        T* dest = MemoryAccess.Modify<T>(c, linear, CpuState.SsBase);
        if (dest == null) return false;
        *dest = value;
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PushFlags<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        ulong top = c->R[(int)Gpr.Rsp] - (ulong)sizeof(T);
        T* dest = MemoryAccess.Modify<T>(c, top, CpuState.SsBase);
        if (dest == null) return Flow.Fault(c, u);
        *dest = T.CreateTruncating(FlagInstructions.Read(c) & ~(RflagsBit.RF | RflagsBit.VM));
        c->R[(int)Gpr.Rsp] = top;
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PopFlags<T>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T>
    {
        ulong top = c->R[(int)Gpr.Rsp];
        T* src = MemoryAccess.Read<T>(c, top, CpuState.SsBase);
        if (src == null) return Flow.Fault(c, u);
        FlagInstructions.Pop(c, ulong.CreateTruncating(*src), sizeof(T) == 2 ? 0xFFFF : ulong.MaxValue);
        c->R[(int)Gpr.Rsp] = top + (ulong)sizeof(T);
        return u[1].Run(c, u + 1);
    }
}
