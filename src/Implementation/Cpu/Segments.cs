namespace Implementation.Cpu;

/// <summary>Segment registers: the checks of a load, and the hidden part.</summary>
internal static unsafe class Segments
{
    /// <summary>Loads DS, ES, FS, GS or SS as MOV does (SDM Vol. 2B, "MOV", and Vol. 3A, 5.6-5.8).</summary>
    /// <returns>false after recording #GP, #SS or #NP</returns>
    public static bool TryLoad(CpuState* c, SegmentRegister register, ushort selector)
    {
        int rpl = selector & 3;
        uint error = (uint)(selector & ~3);
        if (Descriptor.IsNull(selector))
        {
            // A null SS is for 64-bit mode below CPL 3 only.
            bool mayLackStack = (c->Mode & CodeMode.Code64) != 0 && c->Cpl != 3 && rpl == c->Cpl;
            if (register == SegmentRegister.Ss && !mayLackStack) return Refuse(c, Vector.GP, 0);
            SetHidden(c, register, selector, default);
            return true;
        }

        Descriptor d = Peek(c, selector);
        if (register == SegmentRegister.Ss)
        {
            if (rpl != c->Cpl || !d.IsWritableData || d.Dpl != c->Cpl) return Refuse(c, Vector.GP, error);
            if (!d.IsPresent) return Refuse(c, Vector.SS, error);
        }
        else
        {
            if (!d.IsReadable || (!d.IsConforming && Math.Max(rpl, c->Cpl) > d.Dpl)) return Refuse(c, Vector.GP, error);
            if (!d.IsPresent) return Refuse(c, Vector.NP, error);
        }

        SetHidden(c, register, selector, d);
        return true;
    }

    /// <summary>The selector's descriptor, or zeros where there is none.</summary>
    public static Descriptor Peek(CpuState* c, ushort selector)
    {
        Processor processor = CpuState.ProcessorOf(c);
        processor.AbsentDescriptor = null;
        if (Descriptor.IsNull(selector)) return default;
        if (processor.Bus.TryReadDescriptor(selector, out ulong raw)) return new(raw);

        processor.AbsentDescriptor = processor.Bus.AbsentDescriptor;
        return default;
    }

    /// <summary>Whether the descriptor last looked at lies in a page that is not there.</summary>
    public static bool IsAbsent(CpuState* c) => CpuState.ProcessorOf(c).AbsentDescriptor is not null;

    /// <summary>A descriptor that fills the hidden part as it is now.</summary>
    public static Descriptor Held(CpuState* c, SegmentRegister register)
    {
        int i = (int)register;
        ulong limit = c->SegmentLimit[i], attributes = c->SegmentAttributes[i] & ~0xF00UL, @base = c->SegmentBase[i];
        if ((attributes & SegmentType.Granular) != 0) limit >>= 12;
        return new(limit & 0xFFFF | (limit & 0xF_0000) << 32 | attributes << 40 | (@base & 0xFF_FFFF) << 16 | (@base & 0xFF00_0000) << 32);
    }

    /// <summary>Whether LAR, LSL, VERR and VERW may speak of a descriptor at the current privilege.</summary>
    public static bool IsVisible(CpuState* c, ushort selector, Descriptor d) =>
        d.IsConforming || Math.Max(c->Cpl, selector & 3) <= d.Dpl;

    /// <summary>Fills the hidden part. In 64-bit mode only FS and GS keep a base, and a null selector clears it.</summary>
    public static void SetHidden(CpuState* c, SegmentRegister register, ushort selector, Descriptor d)
    {
        int i = (int)register;
        c->Selector[i] = selector;
        c->SegmentLimit[i] = d.Limit;
        c->SegmentAttributes[i] = d.Attributes;
        c->SegmentBase[i] = d.Base;
        if (register is SegmentRegister.Fs or SegmentRegister.Gs)
            CpuState.At<ulong>(c, CpuState.SegmentBaseOffset(register)) = d.Base;
        else
            Update(c, codeMoved: register == SegmentRegister.Cs);
    }

    /// <summary>Derives from the hidden parts, CPL and EFER what addresses and decoded code depend on.</summary>
    /// <param name="c">the processor</param>
    /// <param name="codeMoved">whether CS may have another base or limit than before</param>
    public static void Update(CpuState* c, bool codeMoved = false)
    {
        int code = c->SegmentAttributes[(int)SegmentRegister.Cs], stack = c->SegmentAttributes[(int)SegmentRegister.Ss];
        bool is64 = CodeSegments.IsLongModeActive(c) && (code & SegmentType.Long) != 0;
        for (int i = (int)SegmentRegister.Es; i <= (int)SegmentRegister.Ds; i++)
            c->R[(CpuState.FirstSegmentBase / 8) + i] = is64 ? 0 : c->SegmentBase[i];
        c->LinearMask = is64 ? ulong.MaxValue : uint.MaxValue;
        c->StackMask = is64 ? ulong.MaxValue : (stack & SegmentType.Big) != 0 ? uint.MaxValue : ushort.MaxValue;

        AccessGuard.Update(c);
        CodeMode mode = (CodeMode)c->Cpl;
        if (is64) mode |= CodeMode.Code64;
        else if ((code & SegmentType.Big) != 0) mode |= IsFlat(c) ? CodeMode.Code32 | CodeMode.Flat : CodeMode.Code32;
        if (mode == c->Mode && (!codeMoved || (mode & (CodeMode.Code64 | CodeMode.Flat)) != 0)) return;
        c->Mode = mode;
        CpuState.ProcessorOf(c).ModeChanged();
    }

    /// <summary>Whether an access of 16- or 32-bit code lies within its segment and is of a kind that it allows.</summary>
    /// <param name="c">the processor</param>
    /// <param name="segment">offset of the segment's base</param>
    /// <param name="offset">of the first byte</param>
    /// <param name="size">in bytes</param>
    /// <param name="access">read or write</param>
    /// <returns>false after recording #GP(0), or #SS(0) for the stack segment (SDM Vol. 3A, 5.3 and 5.5)</returns>
    public static bool Allows(CpuState* c, byte segment, uint offset, int size, AccessKind access)
    {
        int i = (segment - CpuState.FirstSegmentBase) / 8;
        if (Permits(c->SegmentAttributes[i], access) && IsWithin(c, i, offset, (ulong)offset + (uint)size - 1)) return true;
        return Refuse(c, segment == CpuState.SsBase ? Vector.SS : Vector.GP, 0);
    }

    private static bool Permits(int attributes, AccessKind access)
    {
        if ((attributes & SegmentType.Present) == 0) return false; // a null selector
        bool isCode = (attributes & SegmentType.Code) != 0, extra = (attributes & SegmentType.Extra) != 0;
        return access == AccessKind.Write ? !isCode && extra : !isCode || extra;
    }

    private static bool IsWithin(CpuState* c, int register, ulong first, ulong last)
    {
        int attributes = c->SegmentAttributes[register];
        uint limit = c->SegmentLimit[register];
        if ((attributes & (SegmentType.Code | SegmentType.Down)) != SegmentType.Down) return last <= limit;
        return first > limit && last <= ((attributes & SegmentType.Big) != 0 ? uint.MaxValue : ushort.MaxValue);
    }

    private static bool IsFlat(CpuState* c)
    {
        const int Data = SegmentType.Present | SegmentType.CodeOrData | SegmentType.Extra;
        const int Kind = Data | SegmentType.Code | SegmentType.Down;
        const int Code = SegmentType.Present | SegmentType.CodeOrData | SegmentType.Code;
        return (c->SegmentAttributes[(int)SegmentRegister.Cs] & Code) == Code && IsWhole(c, SegmentRegister.Cs)
            && (c->SegmentAttributes[(int)SegmentRegister.Ss] & (Kind | SegmentType.Big)) == (Data | SegmentType.Big)
            && IsWhole(c, SegmentRegister.Ss)
            && (c->SegmentAttributes[(int)SegmentRegister.Ds] & Kind) == Data && IsWhole(c, SegmentRegister.Ds)
            && (c->SegmentAttributes[(int)SegmentRegister.Es] & Kind) == Data && IsWhole(c, SegmentRegister.Es);
    }

    private static bool IsWhole(CpuState* c, SegmentRegister register) =>
        c->SegmentBase[(int)register] == 0 && c->SegmentLimit[(int)register] == uint.MaxValue;

    /// <summary>Records the fault; but where it is for a descriptor in a page that is not there, the page fault of that (SDM Vol. 3A, 6.15).</summary>
    public static bool Refuse(CpuState* c, byte vector, uint error)
    {
        Processor processor = CpuState.ProcessorOf(c);
        if (processor.AbsentDescriptor is { } linear)
        {
            processor.AbsentDescriptor = null;
            c->Cr2 = linear;
            Flow.Record(c, Vector.PF, 0); // A read by the processor itself, as at CPL 0.
            return false;
        }

        Flow.Record(c, vector, error);
        return false;
    }
}
