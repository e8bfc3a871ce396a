namespace Implementation.Cpu;

/// <summary>Where a far transfer leads: checked, but not yet entered.</summary>
/// <param name="Selector">goes to CS, with the new privilege as its RPL</param>
/// <param name="Code">the code segment's descriptor</param>
/// <param name="Offset">goes to RIP</param>
internal readonly record struct FarTarget(ushort Selector, Descriptor Code, ulong Offset)
{
    public int Privilege => Selector & 3;
}

/// <summary>The checks of code and stack segments that far transfers go to (SDM Vol. 3A, 5.8), and the change to them.</summary>
internal static unsafe class CodeSegments
{
    private const ulong EferLma = 1 << 10;

    public static bool IsLongModeActive(CpuState* c) => (c->Efer & EferLma) != 0;

    public static bool Is64Bit(CpuState* c, Descriptor code) => IsLongModeActive(c) && code.IsLong;

    /// <summary>The checks of a code segment that far JMP and CALL name.</summary>
    /// <returns>false after recording the fault</returns>
    public static bool TryCheckTransfer(CpuState* c, ushort selector, ulong offset, out FarTarget target)
    {
        target = default;
        Descriptor code = Segments.Peek(c, selector);
        uint error = (uint)(selector & ~3);
        if (Descriptor.IsNull(selector)) return Segments.Refuse(c, Vector.GP, 0);
        if (!code.IsCode || (code.IsConforming ? code.Dpl > c->Cpl : (selector & 3) > c->Cpl || code.Dpl != c->Cpl))
            return Segments.Refuse(c, Vector.GP, error);
        if (!TryCheckPresent(c, code, error) || !TryCheckOffset(c, code, offset)) return false;
        target = new((ushort)(selector & ~3 | c->Cpl), code, offset);
        return true;
    }

    /// <summary>The checks of a code segment that IRET and RET return to, at the RPL of the selector.</summary>
    public static bool TryCheckReturn(CpuState* c, ushort selector, ulong offset, out FarTarget target)
    {
        target = new(selector, Segments.Peek(c, selector), offset);
        Descriptor code = target.Code;
        uint error = (uint)(selector & ~3);
        int rpl = selector & 3;
        if (Descriptor.IsNull(selector)) return Segments.Refuse(c, Vector.GP, 0);
        if (!code.IsCode || rpl < c->Cpl || (code.IsConforming ? code.Dpl > rpl : code.Dpl != rpl))
            return Segments.Refuse(c, Vector.GP, error);
        return TryCheckPresent(c, code, error);
    }

    /// <summary>The offset is canonical in 64-bit code, within the limit in other code; #GP(0).</summary>
    public static bool TryCheckOffset(CpuState* c, Descriptor code, ulong offset)
    {
        bool reachable = Is64Bit(c, code) ? PageWalk.IsCanonical(offset) : offset <= code.Limit;
        return reachable || Segments.Refuse(c, Vector.GP, 0);
    }

    /// <summary>The checks of the stack segment that a return goes to, at the privilege of its code segment.</summary>
    public static bool TryCheckReturnStack(CpuState* c, ushort selector, FarTarget target, out Descriptor stack)
    {
        stack = Segments.Peek(c, selector);
        uint error = (uint)(selector & ~3);
        if (Descriptor.IsNull(selector))
        {
            bool mayLackStack = Is64Bit(c, target.Code) && target.Privilege != 3 && (selector & 3) == target.Privilege;
            return mayLackStack || Segments.Refuse(c, Vector.GP, 0);
        }

        if ((selector & 3) != target.Privilege || !stack.IsWritableData || stack.Dpl != target.Privilege)
            return Segments.Refuse(c, Vector.GP, error);
        return stack.IsPresent || Segments.Refuse(c, Vector.SS, error);
    }

    /// <summary>Goes on at the target, at its privilege.</summary>
    public static void Enter(CpuState* c, FarTarget target)
    {
        SetPrivilege(c, target.Privilege);
        Segments.SetHidden(c, SegmentRegister.Cs, target.Selector, target.Code);
        c->Rip = target.Offset;
    }

    /// <summary>Changes CPL. Translations for supervisor and for user accesses are kept apart.</summary>
    public static void SetPrivilege(CpuState* c, int cpl)
    {
        bool changesPages = (c->Cpl == 3) != (cpl == 3);
        c->Cpl = cpl;
        if (changesPages) CpuState.ProcessorOf(c).PrivilegeChanged();
    }

    /// <summary>Loads the stack of another privilege.</summary>
    public static void SetStack(CpuState* c, ushort selector, Descriptor stack, ulong pointer)
    {
        Segments.SetHidden(c, SegmentRegister.Ss, selector, stack);
        SetStackPointer(c, pointer);
    }

    /// <summary>
    /// Sets RSP as wide as the stack is in the code that was entered; a 16-bit one leaves the upper half of ESP alone.
    /// </summary>
    public static void SetStackPointer(CpuState* c, ulong pointer)
    {
        ref ulong rsp = ref c->R[(int)Gpr.Rsp];
        rsp = c->StackMask == ushort.MaxValue ? rsp & ~0xFFFFUL | pointer & 0xFFFF : pointer & c->StackMask;
    }

    /// <summary>A return to an outer ring leaves it no data segment that it could not have loaded (SDM Vol. 2B, "RET").</summary>
    public static void DropInnerSegments(CpuState* c)
    {
        foreach (SegmentRegister register in (ReadOnlySpan<SegmentRegister>)
            [SegmentRegister.Es, SegmentRegister.Ds, SegmentRegister.Fs, SegmentRegister.Gs])
        {
            Descriptor held = new((ulong)c->SegmentAttributes[(int)register] << 40);
            if (held.IsPresent && !held.IsConforming && held.Dpl < c->Cpl) Segments.SetHidden(c, register, 0, default);
        }
    }

    /// <summary>L together with D is reserved where L means anything.</summary>
    private static bool TryCheckPresent(CpuState* c, Descriptor code, uint error)
    {
        if (Is64Bit(c, code) && code.IsBig) return Segments.Refuse(c, Vector.GP, error);
        return code.IsPresent || Segments.Refuse(c, Vector.NP, error);
    }
}
