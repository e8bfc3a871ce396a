using Model.Domains;

namespace Model.Rings;

/// <summary>Hypercalls, the one that returns among them, and how the processor goes back to the guest.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>Xen takes what brought it in for a hypercall.</summary>
    [Clause("TR-13")]
    public virtual Bit BeginHypercall(Word v)
    {
        Bit may = IsFresh(v)
                & s.InKernel[v];                                                     // TR-13.a

        s.Serving.Set(may, v);
        return may;
    }

    /// <summary>The hypercall is answered, or is to be asked again for what is left of it.</summary>
    /// <param name="a">behind the instruction that asked, or at it</param>
    [Clause("TR-13")]
    public virtual Bit EndHypercall(Word v, Word a)
    {
        Bit may = s.Serving[v] & XenRuns(v) & s.Copying.Empty(v, Every);

        s.Ip.Assign(may, v, a);                                                      // TR-13.b
        s.Serving.Clear(may, v);
        return may;
    }

    /// <summary>The iret hypercall: the guest goes on as a frame says that its kernel made.</summary>
    /// <param name="p">what the frame's code selector names</param>
    /// <param name="ring">what the frame's code selector has for its level</param>
    /// <param name="again">what it would be found to have if it were read again: another vCPU may write there</param>
    [Clause("TR-14")]
    public virtual Bit Iret(Word v, Word p, Word ring, Word again, Word a, Word stack, Bit kernel, Bit interruptible, Bit iopl, Bit nested, Bit virtual8086)
    {
        Bit may = s.Serving[v] & XenRuns(v) & s.Copying.Empty(v, Every)              // TR-14.a
                & !s.XensAddress[s.Sp[v]]                                            // TR-14.b
                & MayResumeAt(v, ring)                                               // TR-14.c
                & (!Is32(v) | Same(kernel, ring == Ring1));                          // TR-14.d

        Reach(may, v, s.Sp[v]);
        s.Judged.Clear(may, v, Every);
        s.Judged.Set(may, v, ring);
        s.Cpl.Assign(may, v, LevelTaken(ring, again));
        s.Code.Clear(may, v, Every);
        s.Code.Set(may, v, p);
        s.Ip.Assign(may, v, a);
        s.Sp.Assign(may, v, stack);
        s.Interruptible.Assign(may, interruptible, v);
        s.RealIopl.Assign(may, iopl, v);
        s.Nested.Assign(may, nested, v);
        s.Virtual8086.Assign(may, virtual8086, v);
        s.Masked.Assign(may, !interruptible, v);                                     // TR-14.e
        EnterMode(may, v, kernel);
        s.Serving.Clear(may & EndsBatch(v), v);                                      // TR-14.f
        return may;
    }

    /// <summary>The frame of an iret hypercall cannot be gone on with: Xen gives the domain up.</summary>
    /// <param name="faults">the frame cannot be read, or names a mode that has no page tables</param>
    [Clause("TR-11")]
    public virtual Bit CrashAtIret(Word v, Word ring, Bit faults)
    {
        Bit may = s.Serving[v] & XenRuns(v)
                & (s.XensAddress[s.Sp[v]] | faults | !MayResumeAt(v, ring));         // TR-11.c

        s.Crashed.Set(may, s.Home[v]);
        return may;
    }

    /// <summary>Xen returns to the guest by IRET.</summary>
    [Clause("TR-15")]
    public virtual Bit Leave(Word c, Word v, Word p)
    {
        Bit may = MayLeave(c, v)                                                     // TR-15.a
                & s.Code[v, p] & IsInTable(v, p) & s.IsCode[v, p]                    // TR-15.b
                & s.Dpl[v, p, s.Cpl[v]]
                & !s.NonCanonical[s.Ip[v]]                                           // TR-15.c
                & !s.XenNested[v];

        s.Long.Assign(may, s.IsLong[v, p], v);
        Resume(may, v);
        return may;
    }

    /// <summary>IRET faults while NT is set, and so would any other.</summary>
    [Clause("TR-15")]
    public virtual Bit LeaveNested(Word c, Word v)
    {
        Bit may = MayLeave(c, v)
                & s.XenNested[v];                                                    // TR-15.d

        s.Panicked.Set(may, v);
        return may;
    }

    /// <summary>Xen returns to a 64-bit guest by SYSRET, after it has loaded the guest's stack pointer.</summary>
    [Clause("TR-16")]
    public virtual Bit LeaveFast(Word c, Word v)
    {
        Bit may = MayLeave(c, v)
                & !Is32(v) & s.Cpl[v] == Ring3                                       // TR-16.a
                & MaySysret(v);                                                      // TR-16.b

        Bit faults = may & s.NonCanonical[s.Ip[v]];                                  // TR-16.c
        s.OnGuestStack.Set(faults, v);
        s.Exposed.Set(faults, v);
        s.Long.Set(may & !faults, v);
        Resume(may & !faults, v);
        return may;
    }

    /// <summary>The vCPU has the processor, and Xen has done for it what was to do.</summary>
    [Clause("TR-15.a")]
    protected Bit MayLeave(Word c, Word v) => s.Current[c, v] & IsUndecided(v);

    /// <summary>SYSRET will not fault.</summary>
    [Clause("TR-16.b")]
    protected virtual Bit MaySysret(Word v) => !s.NonCanonical[s.Ip[v]];

    /// <summary>The guest may go on at the level.</summary>
    [Clause("TR-14.c")]
    protected virtual Bit MayResumeAt(Word v, Word ring) => IsGuests(v, ring);

    /// <summary>The level that the guest goes on at is the one that was looked at.</summary>
    [Clause("TR-14.b")]
    protected virtual Word LevelTaken(Word ring, Word again) => ring;

    /// <summary>Nothing that is left of a batch of hypercalls is carried out.</summary>
    [Clause("TR-14.f")]
    protected virtual Bit EndsBatch(Word v) => True;

    /// <summary>The flags that the guest goes on with are put right, whatever the frame said.</summary>
    [Clause("TR-17")]
    protected virtual void Straighten(Bit when, Word v)
    {
        s.Interruptible.Set(when, v);                                                // TR-17.a
        s.RealIopl.Clear(when, v);                                                   // TR-17.b
        s.Virtual8086.Clear(when, v);
    }

    private void Resume(Bit when, Word v)
    {
        Straighten(when, v);
        s.InXen.Clear(when, v);
        s.Judged.Clear(when, v, Every);
        s.Entered.Clear(when, v, Every);
        s.Reached.Clear(when, v, Every);
    }
}
