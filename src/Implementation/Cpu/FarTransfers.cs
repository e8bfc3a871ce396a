using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Implementation.Cpu;

/// <summary>Far JMP and CALL, direct and through memory, to a code segment or a call gate.</summary>
internal static unsafe class FarTransfers
{
    public static void Build(Translator t, bool isCall)
    {
        ref readonly Instruction i = ref t.Instruction;
        switch (i.Op0Kind)
        {
            case OpKind.FarBranch16:
                t.U->Disp = i.FarBranch16;
                BuildDirect<ushort>(t, isCall);
                break;
            case OpKind.FarBranch32:
                t.U->Disp = i.FarBranch32;
                BuildDirect<uint>(t, isCall);
                break;
            case OpKind.Memory:
                t.EmitTerminator((isCall, t.OperandBytes(0) - sizeof(ushort)) switch
                {
                    (false, 2) => Choose.Memory<JumpChooser<ushort>>(t),
                    (false, 4) => Choose.Memory<JumpChooser<uint>>(t),
                    (false, _) => Choose.Memory<JumpChooser<ulong>>(t),
                    (true, 2) => Choose.Memory<CallChooser<ushort>>(t),
                    (true, 4) => Choose.Memory<CallChooser<uint>>(t),
                    (true, _) => Choose.Memory<CallChooser<ulong>>(t),
                });
                break;
            default:
                t.EmitRaise(Vector.UD);
                break;
        }
    }

    private static void BuildDirect<T>(Translator t, bool isCall) where T : unmanaged, IBinaryInteger<T>
    {
        t.U->Imm = t.Instruction.FarBranchSelector;
        t.EmitTerminator(isCall ? Choose.Mode<DirectCallChooser<T>>(t) : new(&DirectJump));
    }

    private readonly struct JumpChooser<T> : IAddressingChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing => new(&Jump<T, TAddressing>);
    }

    private readonly struct CallChooser<T> : IAddressingChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TAddressing>(Translator t) where TAddressing : IAddressing =>
            Choose.Mode<CallModeChooser<T, TAddressing>>(t);
    }

    private readonly struct CallModeChooser<T, TAddressing> : IModeChooser
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        public static Handler For<TMode>() where TMode : IMode => new(&Call<T, TAddressing, TMode>);
    }

    private readonly struct DirectCallChooser<T> : IModeChooser where T : unmanaged, IBinaryInteger<T>
    {
        public static Handler For<TMode>() where TMode : IMode => new(&DirectCall<T, TMode>);
    }

    private static bool TryReadPointer<T, TAddressing>(CpuState* c, Uop* u, out ulong offset, out ushort selector)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing
    {
        offset = selector = 0;
        if (!TAddressing.Allows(c, u, sizeof(T) + sizeof(ushort), AccessKind.Read)) return false;
        T* first = MemoryAccess.Read<T>(c, TAddressing.Linear(c, u), u->Segment);
        if (first == null) return false;
        offset = ulong.CreateTruncating(*first);
        ushort* second = MemoryAccess.Read<ushort>(c, TAddressing.Linear(c, u, (ulong)sizeof(T)), u->Segment);
        if (second == null) return false;
        selector = *second;
        return true;
    }

    private static Uop* Jump<T, TAddressing>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing =>
        TryReadPointer<T, TAddressing>(c, u, out ulong offset, out ushort selector) && TryJump(c, selector, offset)
            ? Flow.Stop
            : Flow.Fault(c, u);

    private static Uop* DirectJump(CpuState* c, Uop* u) =>
        TryJump(c, (ushort)u->Imm, (ulong)u->Disp) ? Flow.Stop : Flow.Fault(c, u);

    private static Uop* Call<T, TAddressing, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TAddressing : IAddressing where TMode : IMode =>
        TryReadPointer<T, TAddressing>(c, u, out ulong offset, out ushort selector)
            && TryCall<T, TMode>(c, selector, offset, u->NextIp)
            ? Flow.Stop
            : Flow.Fault(c, u);

    private static Uop* DirectCall<T, TMode>(CpuState* c, Uop* u)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode =>
        TryCall<T, TMode>(c, (ushort)u->Imm, (ulong)u->Disp, u->NextIp) ? Flow.Stop : Flow.Fault(c, u);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryJump(CpuState* c, ushort selector, ulong offset)
    {
        FarTarget target;
        if (CallGate.IsNamedBy(c, selector, out CallGate gate))
        {
            if (!gate.TryCheck(c, selector, isCall: false, out target)) return false;
        }
        else if (!CodeSegments.TryCheckTransfer(c, selector, offset, out target))
        {
            return false;
        }

        CodeSegments.Enter(c, target);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryCall<T, TMode>(CpuState* c, ushort selector, ulong offset, ulong returnTo)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        if (CallGate.IsNamedBy(c, selector, out CallGate gate)) return gate.TryCall<TMode>(c, selector, returnTo);
        if (!CodeSegments.TryCheckTransfer(c, selector, offset, out FarTarget target)) return false;
        // 64-bit code has no segment base: its callers push as it would pop.
        bool pushed = CodeSegments.Is64Bit(c, target.Code)
            ? TryPushReturn<T, LongMode>(c, returnTo)
            : TryPushReturn<T, TMode>(c, returnTo);
        if (!pushed) return false;
        CodeSegments.Enter(c, target);
        return true;
    }

    /// <summary>Pushes CS and the return offset, or nothing.</summary>
    public static bool TryPushReturn<T, TMode>(CpuState* c, ulong returnTo)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        ulong first = TMode.Wrap(c, TMode.StackPointer(c) - (ulong)sizeof(T)), second = TMode.Wrap(c, first - (ulong)sizeof(T));
        if (TMode.ModifyStack<T>(c, second) == null || TMode.ModifyStack<T>(c, first) == null) return false;
        Stack.Store<T, TMode>(c, first, T.CreateTruncating(c->Selector[(int)SegmentRegister.Cs]));
        Stack.Store<T, TMode>(c, second, T.CreateTruncating(returnTo));
        TMode.SetStackPointer(c, second);
        return true;
    }
}
