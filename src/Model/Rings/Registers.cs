using Model.Domains;

namespace Model.Rings;

/// <summary>Flags, ports, facilities, debug registers and segment bases; and what a processor keeps when it goes over to another vCPU.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>A guest executes POPF, CLI or STI; what it may not change stays.</summary>
    [Clause("VC-1")]
    public virtual Bit PopFlags(Word v, Bit interruptible, Bit iopl, Bit nested)
    {
        Bit may = GuestRuns(v);

        s.Nested.Assign(may, nested, v);
        s.Interruptible.Assign(may & s.RealIopl[v], interruptible, v);               // VC-1.a
        s.RealIopl.Assign(may & s.Cpl[v] == Ring0, iopl, v);                         // VC-1.b
        return may;
    }

    /// <summary>Xen carries out an instruction for the guest, which goes on behind it with the flags that this left in the frame.</summary>
    /// <param name="stack">the stack pointer, which the instruction may write like any other register</param>
    [Clause("VC-2")]
    public virtual Bit Emulate(Word v, Word a, Word stack, Bit interruptible)
    {
        Bit may = IsFresh(v);

        s.Ip.Assign(may, v, a);                                                      // VC-2.a
        s.Interruptible.Assign(may, interruptible, v);                               // VC-2.b
        s.Sp.Assign(may, v, stack);                                                  // VC-2.c
        return may;
    }

    /// <summary>A guest's kernel opens ports to a level.</summary>
    [Clause("VC-3")]
    public virtual Bit SetIopl(Word v, Word ring)
    {
        Bit may = s.Serving[v] & XenRuns(v);                                         // VC-3.a

        s.Iopl.Assign(may, v, ring);
        return may;
    }

    /// <summary>Xen carries out IN, OUT, CLI or STI for the guest.</summary>
    [Clause("VC-4")]
    public virtual Bit UsePorts(Word v)
    {
        Bit may = IsFresh(v)
                & MayUsePorts(v);                                                    // VC-4.a

        s.AtPorts.Set(may, v);
        return may;
    }

    /// <summary>It is carried out.</summary>
    [Clause("VC-4")]
    public virtual Bit LeavePorts(Word v)
    {
        Bit may = s.AtPorts[v] & XenRuns(v);

        s.AtPorts.Clear(may, v);
        return may;
    }

    /// <summary>A guest's kernel switches a facility on or off for itself and its programs.</summary>
    [Clause("VC-5")]
    public virtual Bit SwitchFacility(Word c, Word v, Word x, Bit on)
    {
        Bit may = s.Current[c, v] & XenRuns(v)
                & s.InKernel[v];                                                     // VC-5.a

        s.Enabled.Assign(may, on, v, x);
        s.Lit.Assign(may & Reaches(on), on, c, x);                                   // VC-5.b
        return may;
    }

    /// <summary>A guest's kernel sets a breakpoint.</summary>
    [Clause("VC-6"), Clause("D-34")]
    public virtual Bit SetBreakpoint(Word c, Word v, Word a)
    {
        Bit may = s.Current[c, v] & XenRuns(v)
                & s.InKernel[v]                                                      // VC-6.a
                & MayWatch(a);                                                       // VC-6.b

        s.Watched.Set(may, v, a);
        s.Armed.Set(may, c, a);
        return may;
    }

    /// <summary>A guest's kernel takes a breakpoint back.</summary>
    [Clause("VC-6")]
    public virtual Bit ClearBreakpoint(Word c, Word v, Word a)
    {
        Bit may = s.Current[c, v] & XenRuns(v)
                & s.InKernel[v];

        s.Watched.Clear(may, v, a);
        s.Armed.Clear(may, c, a);
        return may;
    }

    /// <summary>A guest's kernel sets bits of the debug status itself, or clears them.</summary>
    [Clause("VC-7")]
    public virtual Bit SetStatus(Word v, Bit on)
    {
        Bit may = XenRuns(v)
                & s.InKernel[v];                                                     // VC-7.a

        s.Status.Assign(may, on, v);
        return may;
    }

    /// <summary>A guest's kernel sets the base of FS or GS.</summary>
    [Clause("VC-8")]
    public virtual Bit SetBase(Word v, Word a)
    {
        Bit may = XenRuns(v)
                & s.InKernel[v]
                & IsBase(a);                                                         // VC-8.a

        s.Base.Assign(may, v, a);
        return may;
    }

    /// <summary>A processor lets go of a vCPU, and of what was switched on for it.</summary>
    [Clause("VC-9")]
    public virtual Bit Deschedule(Word c, Word v)
    {
        Bit may = s.Current[c, v]
                & s.InXen[v] & !s.OnGuestStack[v] & !s.Panicked[v];                  // VC-9.a

        s.Current.Clear(may, c, v);
        s.Lit.Clear(may, c, Every);                                                  // VC-9.b
        s.Armed.Clear(may, c, Every);
        return may;
    }

    /// <summary>A processor takes on a vCPU: its segment bases and its floating-point registers are loaded at once.</summary>
    [Clause("VC-10")]
    public virtual Bit Schedule(Word c, Word v)
    {
        Bit may = s.Current.Empty(c, Every) & s.Current.Empty(Every, v)              // VC-10.a
                & MayRun(v);

        s.Current.Set(may, c, v);
        s.Fpu.Clear(may & LoadsFpu(v), c, Every);                                    // VC-10.b
        s.Fpu.Set(may & LoadsFpu(v), c, v);
        s.Panicked.Set(may & s.NonCanonical[s.Base[v]], v);                          // VC-10.c
        return may;
    }

    /// <summary>A processor switches on what the kernel of the vCPU that it took on lets be used.</summary>
    [Clause("VC-11")]
    public virtual Bit Light(Word c, Word v, Word x)
    {
        Bit may = s.Current[c, v] & XenRuns(v)
                & s.Enabled[v, x];                                                   // VC-11.a

        s.Lit.Set(may, c, x);
        return may;
    }

    /// <summary>A processor takes over a breakpoint of the vCPU that it took on.</summary>
    [Clause("VC-11")]
    public virtual Bit Arm(Word c, Word v, Word a)
    {
        Bit may = s.Current[c, v] & XenRuns(v)
                & s.Watched[v, a];                                                   // VC-11.b

        s.Armed.Set(may, c, a);
        return may;
    }

    /// <summary>A guest computes: the floating-point registers are what it made of them.</summary>
    [Clause("VC-12")]
    public virtual Bit Compute(Word c, Word v)
    {
        Bit may = s.Current[c, v] & GuestRuns(v);                                    // VC-12.a

        s.Fpu.Set(may & s.Fpu.Empty(c, Every), c, v);
        return may;
    }

    /// <summary>A guest executes an instruction that shows the processor's own state and is carried out at any level.</summary>
    [Clause("VC-13")]
    public virtual Bit Sense(Word v)
    {
        Bit may = GuestRuns(v);                                                      // VC-13.a

        return may;
    }

    /// <summary>The level that the vCPU counts as is one that ports were opened to.</summary>
    [Clause("VC-4.a")]
    protected virtual Bit MayUsePorts(Word v) => s.Iopl[v] == Ring3 | (s.InKernel[v] & s.Iopl[v] != Ring0);

    /// <summary>What the guest's control register says goes into the processor's.</summary>
    [Clause("VC-5.b")]
    protected virtual Bit Reaches(Bit on) => True;

    /// <summary>A guest may be stopped at the address.</summary>
    [Clause("VC-6.b")]
    protected virtual Bit MayWatch(Word a) => !s.XensAddress[a] & !s.NonCanonical[a];

    /// <summary>The processor will load the base without a fault.</summary>
    [Clause("VC-8.a")]
    protected virtual Bit IsBase(Word a) => !s.NonCanonical[a];

    /// <summary>The floating-point registers are loaded now, and not when they are first used.</summary>
    [Clause("VC-10.b")]
    protected virtual Bit LoadsFpu(Word v) => True;
}
