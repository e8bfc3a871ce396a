using Model.Domains;

namespace Model.Rings;

/// <summary>How the processor comes from a guest into Xen, and what it may be struck by before Xen stands on its own stack.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>A guest runs on to some instruction, perhaps past the last address that there is.</summary>
    [Clause("TR-1")]
    public virtual Bit RunOn(Word v, Word a)
    {
        Bit may = GuestRuns(v);

        s.Ip.Assign(may, v, a);
        return may;
    }

    /// <summary>A guest moves its stack pointer anywhere.</summary>
    [Clause("TR-1")]
    public virtual Bit MoveStack(Word v, Word a)
    {
        Bit may = GuestRuns(v);

        s.Sp.Assign(may, v, a);
        return may;
    }

    /// <summary>An exception, an interrupt or INT takes the processor into Xen, on Xen's stack.</summary>
    [Clause("TR-2"), Clause("VC-14")]
    public virtual Bit Trap(Word v)
    {
        Bit may = GuestRuns(v);                                                      // VC-14.a

        Enter(may, v);
        return may;
    }

    /// <summary>SYSCALL takes the processor into Xen, and leaves the stack pointer to Xen to change.</summary>
    [Clause("TR-3")]
    public virtual Bit Syscall(Word v)
    {
        Bit may = GuestRuns(v);

        Enter(may, v);
        s.OnGuestStack.Set(may, v);                                                  // TR-3.a
        return may;
    }

    /// <summary>SYSENTER takes the processor into Xen, on Xen's stack, and leaves NT to Xen to clear.</summary>
    [Clause("TR-3")]
    public virtual Bit Sysenter(Word v)
    {
        Bit may = GuestRuns(v);

        Enter(may, v);
        s.XenNested.Assign(may, KeepsNested(v), v);                                  // TR-3.b
        s.Cpl.Assign(may & Is32(v), v, Ring3);                                       // TR-3.c
        s.InKernel.Clear(may & Is32(v), v);
        return may;
    }

    /// <summary>Xen goes over to its own stack.</summary>
    [Clause("TR-4")]
    public virtual Bit SwitchStack(Word v)
    {
        Bit may = s.InXen[v] & s.OnGuestStack[v];                                    // TR-4.a

        s.OnGuestStack.Clear(may, v);
        return may;
    }

    /// <summary>Before that, something strikes that no flag holds back; Xen looks at it and goes on.</summary>
    [Clause("TR-5")]
    public virtual Bit Strike(Word v, Word n)
    {
        Bit may = s.InXen[v] & s.OnGuestStack[v]
                & s.Unmaskable[n];                                                   // TR-5.a

        s.Exposed.Set(may & !HasOwnStack(n), v);                                     // TR-5.b
        s.Panicked.Set(may & IsFatal(v), v);                                         // TR-5.c
        return may;
    }

    /// <summary>The processor finds a stack for the vector in Xen's TSS.</summary>
    [Clause("TR-5.b")]
    protected virtual Bit HasOwnStack(Word n) => s.OwnStack[n];

    /// <summary>What strikes Xen is taken for Xen's own fault.</summary>
    [Clause("TR-5.c")]
    protected virtual Bit IsFatal(Word v) => False;

    /// <summary>NT stays as the guest had it.</summary>
    [Clause("TR-3.b")]
    protected virtual Bit KeepsNested(Word v) => False;

    private void Enter(Bit when, Word v)
    {
        s.InXen.Set(when, v);
        s.Reached.Clear(when, v, Every);
    }
}
