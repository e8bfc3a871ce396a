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
            if (register == SegmentRegister.Ss && (c->Cpl == 3 || rpl != c->Cpl)) return Refuse(c, Vector.GP, 0);
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
        if (Descriptor.IsNull(selector)) return default;
        return CpuState.ProcessorOf(c).Bus.TryReadDescriptor(selector, out ulong raw) ? new(raw) : default;
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
    }

    public static bool Refuse(CpuState* c, byte vector, uint error)
    {
        Flow.Record(c, vector, error);
        return false;
    }
}
