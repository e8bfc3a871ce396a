using System.Numerics;

namespace Implementation.Cpu;

/// <summary>A call gate (SDM Vol. 3A, 5.8.3).</summary>
/// <remarks>
/// In IA-32e mode, compatibility mode included, all gates are 64-bit ones, of which only the access is checked here: no owner of this
/// processor has any that could be used, so that going through one is #GP with its selector, counted as unimplemented.
/// </remarks>
internal readonly unsafe record struct CallGate(Descriptor Gate)
{
    private const int Gate16 = 4, Gate32 = 12;

    private ushort Selector => (ushort)(Gate.Raw >> 16);

    private uint Offset => (uint)(Gate.Raw & 0xFFFF | (Gate.Type == Gate32 ? Gate.Raw >> 32 & 0xFFFF_0000 : 0));

    private int Parameters => (int)(Gate.Raw >> 32 & 31);

    public static bool IsNamedBy(CpuState* c, ushort selector, out CallGate gate)
    {
        gate = new(Segments.Peek(c, selector));
        return !gate.Gate.IsCodeOrData && (gate.Gate.Type == Gate32 || (gate.Gate.Type == Gate16 && !CodeSegments.IsLongModeActive(c)));
    }

    /// <summary>The checks of the gate and of the code segment behind it.</summary>
    public bool TryCheck(CpuState* c, ushort selector, bool isCall, out FarTarget target)
    {
        target = default;
        uint error = (uint)(selector & ~3);
        if (Gate.Dpl < Math.Max(c->Cpl, selector & 3)) return Segments.Refuse(c, Vector.GP, error);
        if (!Gate.IsPresent) return Segments.Refuse(c, Vector.NP, error);
        if (CodeSegments.IsLongModeActive(c))
        {
            CpuState.ProcessorOf(c).CountUnimplemented("far transfer through a 64-bit call gate");
            return Segments.Refuse(c, Vector.GP, error);
        }

        if (Descriptor.IsNull(Selector)) return Segments.Refuse(c, Vector.GP, 0);
        Descriptor code = Segments.Peek(c, Selector);
        uint codeError = (uint)(Selector & ~3);
        bool allowed = code.IsCode && (isCall || code.IsConforming ? code.Dpl <= c->Cpl : code.Dpl == c->Cpl);
        if (!allowed) return Segments.Refuse(c, Vector.GP, codeError);
        if (!code.IsPresent) return Segments.Refuse(c, Vector.NP, codeError);
        target = new((ushort)(Selector & ~3 | (code.IsConforming ? c->Cpl : code.Dpl)), code, Offset);
        return CodeSegments.TryCheckOffset(c, code, Offset);
    }

    /// <returns>false after recording the fault, with nothing changed but memory beyond the new stack's pointer</returns>
    public bool TryCall<TMode>(CpuState* c, ushort selector, ulong returnTo) where TMode : IMode
    {
        if (!TryCheck(c, selector, isCall: true, out FarTarget target)) return false;
        if (target.Privilege == c->Cpl)
        {
            bool pushed = Gate.Type == Gate32
                ? FarTransfers.TryPushReturn<uint, TMode>(c, returnTo)
                : FarTransfers.TryPushReturn<ushort, TMode>(c, returnTo);
            if (!pushed) return false;
        }
        else
        {
            bool raised = Gate.Type == Gate32
                ? TryRaise<uint, TMode>(c, target, returnTo)
                : TryRaise<ushort, TMode>(c, target, returnTo);
            if (!raised) return false;
        }

        CodeSegments.Enter(c, target);
        return true;
    }

    /// <summary>Changes to the inner ring's stack and fills it: old SS and ESP, the parameters, then CS and EIP.</summary>
    private bool TryRaise<T, TMode>(CpuState* c, FarTarget target, ulong returnTo)
        where T : unmanaged, IBinaryInteger<T> where TMode : IMode
    {
        T* parameters = stackalloc T[32];
        for (int i = 0; i < Parameters; i++)
        {
            T* parameter = TMode.ReadStack<T>(c, TMode.Wrap(c, TMode.StackPointer(c) + (ulong)(i * sizeof(T))));
            if (parameter == null) return false;
            parameters[i] = *parameter;
        }

        if (!TryFindStack(c, target.Privilege, out ushort ss, out uint esp, out Descriptor stack)) return false;
        const int Ss = (int)SegmentRegister.Ss;
        int outerCpl = c->Cpl;
        ushort outerSs = c->Selector[Ss];
        ulong outerRsp = c->R[(int)Gpr.Rsp];
        Descriptor outerStack = Segments.Held(c, SegmentRegister.Ss);
        CodeSegments.SetPrivilege(c, target.Privilege);
        CodeSegments.SetStack(c, ss, stack, esp);
        bool pushed = TryPush(c, T.CreateTruncating(outerSs)) && TryPush(c, T.CreateTruncating(outerRsp));
        for (int i = Parameters - 1; i >= 0 && pushed; i--) pushed = TryPush(c, parameters[i]);
        pushed = pushed && TryPush(c, T.CreateTruncating(c->Selector[(int)SegmentRegister.Cs])) && TryPush(c, T.CreateTruncating(returnTo));
        if (pushed) return true;

        if (c->Vector == Vector.SS) c->ErrorCode = (uint)(ss & ~3);
        CodeSegments.SetPrivilege(c, outerCpl);
        Segments.SetHidden(c, SegmentRegister.Ss, outerSs, outerStack);
        c->R[(int)Gpr.Rsp] = outerRsp;
        return false;
    }

    private static bool TryPush<T>(CpuState* c, T value) where T : unmanaged
    {
        ulong top = SegmentedMode.Wrap(c, SegmentedMode.StackPointer(c) - (ulong)sizeof(T));
        if (!Stack.Store<T, SegmentedMode>(c, top, value)) return false;
        SegmentedMode.SetStackPointer(c, top);
        return true;
    }

    /// <summary>The inner ring's stack, which the task segment names (SDM Vol. 3A, 5.8.5).</summary>
    private static bool TryFindStack(CpuState* c, int cpl, out ushort ss, out uint esp, out Descriptor stack)
    {
        stack = default;
        if (!CpuState.ProcessorOf(c).Bus.TryReadRingStack(cpl, out ss, out esp)) return Segments.Refuse(c, Vector.TS, 0);
        uint error = (uint)(ss & ~3);
        stack = Segments.Peek(c, ss);
        if (Descriptor.IsNull(ss) || (ss & 3) != cpl || stack.Dpl != cpl || !stack.IsWritableData)
            return Segments.Refuse(c, Vector.TS, error);
        return stack.IsPresent || Segments.Refuse(c, Vector.SS, error);
    }
}
