using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>IRET and far RET, to the same ring or an outer one, and from any kind of code to any other.</summary>
/// <remarks>
/// There are no tasks and no virtual-8086 mode: IRET with NT set is #GP(0) also outside IA-32e mode, where hardware would return to
/// another task, and VM is not loaded.
/// </remarks>
internal static unsafe class FarReturns
{
    public static void Register(InstructionTable table)
    {
        table.Add(Mnemonic.Iretq, t => t.EmitTerminator(Choose.Mode<IretChooser<ulong>>(t)), Traits.None);
        table.Add(Mnemonic.Iretd, t => t.EmitTerminator(Choose.Mode<IretChooser<uint>>(t)), Traits.None);
        table.Add(Mnemonic.Iret, t => t.EmitTerminator(Choose.Mode<IretChooser<ushort>>(t)), Traits.None);
        table.Add(Mnemonic.Retf, BuildRetf, Traits.None);
    }

    private static void BuildRetf(Translator t)
    {
        ref readonly Instruction i = ref t.Instruction;
        t.U->Imm = i.OpCount > 0 ? i.Immediate16 : 0;
        t.EmitTerminator(i.Code switch
        {
            Code.Retfq or Code.Retfq_imm16 => Choose.Mode<RetfChooser<ulong>>(t),
            Code.Retfd or Code.Retfd_imm16 => Choose.Mode<RetfChooser<uint>>(t),
            _ => Choose.Mode<RetfChooser<ushort>>(t),
        });
    }

    private readonly struct IretChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Iret<T, TMode>);
    }

    private readonly struct RetfChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Retf<T, TMode>);
    }

    private static Uop* Iret<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode =>
        TryIret<T, TMode>(c) ? Flow.Stop : Flow.Fault(c, u);

    private static Uop* Retf<T, TMode>(CpuState* c, Uop* u) where T : unmanaged, IBinaryInteger<T> where TMode : IMode =>
        TryRetf<T, TMode>(c, (ulong)u->Imm) ? Flow.Stop : Flow.Fault(c, u);

    /// <summary>64-bit code always pops RSP and SS, other code only for an outer ring (SDM Vol. 2A, "IRET/IRETD/IRETQ").</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryIret<T, TMode>(CpuState* c) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        if ((c->ControlFlags & RflagsBit.NT) != 0) return Segments.Refuse(c, Vector.GP, 0);
        if (!TryPeek<T, TMode>(c, 0, out ulong rip) || !TryPeek<T, TMode>(c, 1, out ulong cs)
            || !TryPeek<T, TMode>(c, 2, out ulong flags)) return false;

        bool popsStack = (c->Mode & CodeMode.Code64) != 0 || (int)(cs & 3) > c->Cpl;
        ulong rsp = 0, ss = 0;
        if (popsStack && (!TryPeek<T, TMode>(c, 3, out rsp) || !TryPeek<T, TMode>(c, 4, out ss))) return false;

        Descriptor stack = default;
        if (!CodeSegments.TryCheckReturn(c, (ushort)cs, rip, out FarTarget target)
            || (popsStack && !CodeSegments.TryCheckReturnStack(c, (ushort)ss, target, out stack))
            || !CodeSegments.TryCheckOffset(c, target.Code, rip)) return false;

        bool outward = target.Privilege != c->Cpl;
        FlagInstructions.Pop(c, flags, sizeof(T) == 2 ? 0xFFFF : ulong.MaxValue, resumes: true);
        CodeSegments.Enter(c, target);
        if (popsStack) CodeSegments.SetStack(c, (ushort)ss, stack, rsp);
        else CodeSegments.SetStackPointer(c, c->R[(int)Gpr.Rsp] + 3 * (ulong)sizeof(T));
        if (outward) CodeSegments.DropInnerSegments(c);
        return true;
    }

    /// <param name="c">the processor</param>
    /// <param name="released">bytes of arguments to drop, on both stacks where there are two</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryRetf<T, TMode>(CpuState* c, ulong released) where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        if (!TryPeek<T, TMode>(c, 0, out ulong rip) || !TryPeek<T, TMode>(c, 1, out ulong cs)) return false;
        if (!CodeSegments.TryCheckReturn(c, (ushort)cs, rip, out FarTarget target)) return false;
        if (target.Privilege == c->Cpl)
        {
            if (!CodeSegments.TryCheckOffset(c, target.Code, rip)) return false;
            CodeSegments.Enter(c, target);
            CodeSegments.SetStackPointer(c, c->R[(int)Gpr.Rsp] + 2 * (ulong)sizeof(T) + released);
            return true;
        }

        if (!TryPeek<T, TMode>(c, 2, out ulong rsp, released) || !TryPeek<T, TMode>(c, 3, out ulong ss, released)
            || !CodeSegments.TryCheckReturnStack(c, (ushort)ss, target, out Descriptor stack)
            || !CodeSegments.TryCheckOffset(c, target.Code, rip)) return false;
        CodeSegments.Enter(c, target);
        CodeSegments.SetStack(c, (ushort)ss, stack, rsp + released);
        CodeSegments.DropInnerSegments(c);
        return true;
    }

    /// <summary>Reads one word of the frame being popped.</summary>
    private static bool TryPeek<T, TMode>(CpuState* c, int slot, out ulong value, ulong further = 0)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        T* p = TMode.ReadStack<T>(c, TMode.Wrap(c, TMode.StackPointer(c) + (ulong)(slot * sizeof(T)) + further));
        value = p == null ? 0 : ulong.CreateTruncating(*p);
        return p != null;
    }
}
