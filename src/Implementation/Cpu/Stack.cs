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
        table.Add(Mnemonic.Pusha, t => t.Emit(Choose.Mode<PushAllChooser<ushort>>(t)), Traits.None);
        table.Add(Mnemonic.Pushad, t => t.Emit(Choose.Mode<PushAllChooser<uint>>(t)), Traits.None);
        table.Add(Mnemonic.Popa, t => t.Emit(Choose.Mode<PopAllChooser<ushort>>(t)), Traits.None);
        table.Add(Mnemonic.Popad, t => t.Emit(Choose.Mode<PopAllChooser<uint>>(t)), Traits.None);
        table.Add(Mnemonic.Leave, BuildLeave);
        table.Add(Mnemonic.Enter, BuildEnter, Traits.None);
        table.Add(Mnemonic.Pushfq, t => t.Emit(Choose.Mode<PushFlagsChooser<ulong>>(t)), Traits.None);
        table.Add(Mnemonic.Pushfd, t => t.Emit(Choose.Mode<PushFlagsChooser<uint>>(t)), Traits.None);
        table.Add(Mnemonic.Pushf, t => t.Emit(Choose.Mode<PushFlagsChooser<ushort>>(t)), Traits.None);
        table.Add(Mnemonic.Popfq, t => t.Emit(Choose.Mode<PopFlagsChooser<ulong>>(t)), Traits.EndsBlock);
        table.Add(Mnemonic.Popfd, t => t.Emit(Choose.Mode<PopFlagsChooser<uint>>(t)), Traits.EndsBlock);
        table.Add(Mnemonic.Popf, t => t.Emit(Choose.Mode<PopFlagsChooser<ushort>>(t)), Traits.EndsBlock);
    }

    private static void BuildPush(Translator t)
    {
        if (SegmentInstructions.TryBuildPush(t)) return;
        ref readonly Instruction i = ref t.Instruction;
        if (i.Op0Kind is not (OpKind.Register or OpKind.Memory))
        {
            t.U->Imm = (long)i.GetImmediate(0);
            t.Emit(i.StackPointerIncrement switch
            {
                -2 => Choose.Mode<PushModeChooser<ushort, Imm>>(t),
                -4 => Choose.Mode<PushModeChooser<uint, Imm>>(t),
                _ => Choose.Mode<PushModeChooser<ulong, Imm>>(t),
            });
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
            Choose.Mode<PushModeChooser<T, TPlace>>(t);
    }

    private readonly struct PushModeChooser<T, TSrc> : IModeChooser where T : unmanaged where TSrc : IOperand
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Push<T, TSrc, TMode>);
    }

    private readonly struct PopChooser : IPlaceChooser
    {
        public static Handler For<T, TPlace>(Translator t) where T : unmanaged, IBinaryInteger<T> where TPlace : IOperand =>
            Choose.Mode<PopModeChooser<T, TPlace>>(t);
    }

    private readonly struct PopModeChooser<T, TDest> : IModeChooser where T : unmanaged where TDest : IOperand
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Pop<T, TDest, TMode>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Push<T, TSrc, TMode>(CpuState* c, Uop* u) where T : unmanaged where TSrc : IOperand where TMode : IMode
    {
        T* src = TSrc.Read<T>(c, u);
        if (TSrc.IsMemory && src == null) return Flow.Fault(c, u);
        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T));
        T* dest = TMode.ModifyStack<T>(c, top);
        if (dest == null) return Flow.Fault(c, u);
        *dest = *src;
        TMode.SetStackPointer(c, top);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>POP: a destination in memory is addressed with the stack pointer already moved (SDM, "POP").</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Pop<T, TDest, TMode>(CpuState* c, Uop* u) where T : unmanaged where TDest : IOperand where TMode : IMode
    {
        ulong top = TMode.StackPointer(c);
        T* src = TMode.ReadStack<T>(c, top);
        if (src == null) return Flow.Fault(c, u);
        TMode.SetStackPointer(c, TMode.Wrap(c, top + (ulong)sizeof(T)));
        T* dest = TDest.Modify<T>(c, u);
        if (TDest.IsMemory && dest == null)
        {
            TMode.SetStackPointer(c, top);
            return Flow.Fault(c, u);
        }

        TDest.Put(dest, *src);
        if (TDest.IsMemory && MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    private static void BuildLeave(Translator t) =>
        t.Emit(t.Instruction.Code switch
        {
            Code.Leavew => Choose.Mode<LeaveChooser<ushort>>(t),
            Code.Leaved => Choose.Mode<LeaveChooser<uint>>(t),
            _ => Choose.Mode<LeaveChooser<ulong>>(t),
        });

    private readonly struct LeaveChooser<T> : IModeChooser where T : unmanaged
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Leave<T, TMode>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Leave<T, TMode>(CpuState* c, Uop* u) where T : unmanaged where TMode : IMode
    {
        ulong frame = TMode.Wrap(c, c->R[(int)Gpr.Rbp]);
        T* saved = TMode.ReadStack<T>(c, frame);
        if (saved == null) return Flow.Fault(c, u);
        Dst.Put((T*)&c->R[(int)Gpr.Rbp], *saved);
        TMode.SetStackPointer(c, TMode.Wrap(c, frame + (ulong)sizeof(T)));
        return u[1].Run(c, u + 1);
    }

    private static void BuildEnter(Translator t)
    {
        t.U->Imm = t.Instruction.Immediate16;
        t.U->Scale = (byte)(t.Instruction.Immediate8_2nd & 31);
        t.Emit(t.Instruction.Code switch
        {
            Code.Enterw_imm16_imm8 => Choose.Mode<EnterChooser<ushort>>(t),
            Code.Enterd_imm16_imm8 => Choose.Mode<EnterChooser<uint>>(t),
            _ => Choose.Mode<EnterChooser<ulong>>(t),
        });
    }

    private readonly struct EnterChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Enter<T, TMode>);
    }

    /// <summary>
    /// ENTER pushes one word after another; a fault leaves those it pushed in memory and the registers as they were.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* Enter<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong size = (ulong)sizeof(T);
        int level = u->Scale;
        ulong outerFrame = c->R[(int)Gpr.Rbp];
        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - size);
        ulong frame = c->R[(int)Gpr.Rsp] & ~c->StackMask | top; // All of ESP, also where the stack has 16 bits.
        if (!Store<T, TMode>(c, top, T.CreateTruncating(outerFrame))) return Flow.Fault(c, u);
        for (int k = 1; k < level; k++)
        {
            T* outer = TMode.ReadStack<T>(c, TMode.Wrap(c, outerFrame - ((ulong)k * size)));
            top = TMode.Wrap(c, top - size);
            if (outer == null || !Store<T, TMode>(c, top, *outer)) return Flow.Fault(c, u);
        }

        if (level > 0)
        {
            top = TMode.Wrap(c, top - size);
            if (!Store<T, TMode>(c, top, T.CreateTruncating(frame))) return Flow.Fault(c, u);
        }

        top = TMode.Wrap(c, top - (ulong)u->Imm);
        uint met = c->BreakpointsMet;
        if (TMode.ModifyStack<T>(c, top) == null) return Flow.Fault(c, u);
        c->BreakpointsMet = met; // Nothing is stored there.

        Dst.Put((T*)&c->R[(int)Gpr.Rbp], T.CreateTruncating(frame));
        TMode.SetStackPointer(c, top);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>A store outside the tail of a handler: staged bytes are committed at once.</summary>
    public static bool Store<T, TMode>(CpuState* c, ulong pointer, T value) where T : unmanaged where TMode : IMode
    {
        T* dest = TMode.ModifyStack<T>(c, pointer);
        if (dest == null) return false;
        *dest = value;
        if (MemoryAccess.IsStaged(c, dest)) MemoryAccess.CommitStaged(c);
        return true;
    }

    private readonly struct PushFlagsChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&PushFlags<T, TMode>);
    }

    private readonly struct PopFlagsChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&PopFlags<T, TMode>);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PushFlags<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T));
        T* dest = TMode.ModifyStack<T>(c, top);
        if (dest == null) return Flow.Fault(c, u);
        *dest = T.CreateTruncating(FlagInstructions.Read(c) & ~(RflagsBit.RF | RflagsBit.VM));
        TMode.SetStackPointer(c, top);
        if (MemoryAccess.IsStaged(c, dest)) return Flow.Commit(c, u);
        return u[1].Run(c, u + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PopFlags<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.StackPointer(c);
        T* src = TMode.ReadStack<T>(c, top);
        if (src == null) return Flow.Fault(c, u);
        FlagInstructions.Pop(c, ulong.CreateTruncating(*src), sizeof(T) == 2 ? 0xFFFF : ulong.MaxValue);
        TMode.SetStackPointer(c, TMode.Wrap(c, top + (ulong)sizeof(T)));
        return u[1].Run(c, u + 1);
    }

    private readonly struct PushAllChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&PushAll<T, TMode>);
    }

    private readonly struct PopAllChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&PopAll<T, TMode>);
    }

    /// <summary>PUSHA: the eight registers, with the stack pointer as it was before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PushAll<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.StackPointer(c);
        for (int register = (int)Gpr.Rax; register <= (int)Gpr.Rdi; register++)
        {
            top = TMode.Wrap(c, top - (ulong)sizeof(T));
            if (!Store<T, TMode>(c, top, T.CreateTruncating(c->R[register]))) return Flow.Fault(c, u);
        }

        TMode.SetStackPointer(c, top);
        if (c->CodeChanged) return Flow.Leave(c, u);
        return u[1].Run(c, u + 1);
    }

    /// <summary>POPA: nothing goes to the stack pointer but where the last word ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Uop* PopAll<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong top = TMode.StackPointer(c);
        for (int slot = 0; slot < 8; slot++)
        {
            if (TMode.ReadStack<T>(c, TMode.Wrap(c, top + (ulong)(slot * sizeof(T)))) == null) return Flow.Fault(c, u);
        }

        for (int slot = 0; slot < 8; slot++)
        {
            int register = (int)Gpr.Rdi - slot;
            T value = *TMode.ReadStack<T>(c, TMode.Wrap(c, top + (ulong)(slot * sizeof(T))));
            if (register != (int)Gpr.Rsp) Dst.Put((T*)&c->R[register], value);
        }

        TMode.SetStackPointer(c, TMode.Wrap(c, top + (ulong)(8 * sizeof(T))));
        return u[1].Run(c, u + 1);
    }
}
