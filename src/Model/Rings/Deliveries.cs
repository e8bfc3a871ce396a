using Model.Domains;

namespace Model.Rings;

/// <summary>What a guest's kernel registers, how it is entered, and what becomes of a guest that cannot be.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>A guest's kernel registers a handler of a vector, or a callback.</summary>
    [Clause("TR-6")]
    public virtual Bit SetHandler(Word v, Word n, Word a, Bit user, Bit kernel, Bit masking)
    {
        Bit may = s.Serving[v] & XenRuns(v)                                          // TR-6.a
                & IsSound(a);                                                        // TR-6.b

        s.Handler.Clear(may, v, n, Every);
        s.Handler.Set(may, v, n, a);
        s.OpenToUser.Assign(may, user, v, n);
        s.OpenToKernel.Assign(may, kernel | user, v, n);
        s.Masking.Assign(may, masking | s.IsEvent[n], v, n);                         // TR-6.c
        return may;
    }

    /// <summary>A guest's kernel takes a handler back.</summary>
    [Clause("TR-6")]
    public virtual Bit ClearHandler(Word v, Word n)
    {
        Bit may = s.Serving[v] & XenRuns(v);

        s.Handler.Clear(may, v, n, Every);
        s.OpenToUser.Clear(may, v, n);
        s.OpenToKernel.Clear(may, v, n);
        return may;
    }

    /// <summary>A guest's kernel says where frames from user mode are to begin. It is asked when one is made.</summary>
    [Clause("TR-7")]
    public virtual Bit SetKernelStack(Word v, Word a)
    {
        Bit may = s.Serving[v] & XenRuns(v);

        s.KernelStack.Assign(may, v, a);
        return may;
    }

    /// <summary>Xen decides that the guest's kernel is to see an exception, a callback or an event.</summary>
    [Clause("TR-8"), Clause("D-33")]
    public virtual Bit Reflect(Word v, Word n)
    {
        Bit may = IsUndecided(v)                                                     // TR-8.a
                & (!s.IsEvent[n] | !s.Masked[v]);                                    // TR-8.b

        Raise(may, v, n, software: False);
        return may;
    }

    /// <summary>A guest executes INT, and the vector is open to the mode that it is in.</summary>
    [Clause("TR-9")]
    public virtual Bit Interrupt(Word v, Word n)
    {
        Bit may = GuestRuns(v)
                & MayRaise(v, n);                                                    // TR-9.a

        Enter(may, v);
        Raise(may, v, n, software: True);
        return may;
    }

    /// <summary>Xen makes a bounce frame: the guest's kernel goes on in its handler.</summary>
    /// <param name="p">what the code selector that was registered names</param>
    /// <param name="stack">where the frame begins</param>
    /// <param name="low">the lowest address of it</param>
    [Clause("TR-10"), Clause("D-32"), Clause("D-35")]
    public virtual Bit Deliver(Word v, Word n, Word a, Word p, Word stack, Word low)
    {
        Bit may = s.Raised[v, n] & XenRuns(v)                                        // TR-10.a
                & s.Handler[v, n, a]                                                 // TR-10.b
                & IsFramesStack(v, stack)                                            // TR-10.c
                & s.FrameEnd[stack, low] & IsClear(stack, low);                      // TR-10.d

        s.Raised.Clear(may & Consumes(v), v, n);                                     // TR-10.e
        s.Due.Clear(may, v, n);
        s.BySoftware.Clear(may, v);
        s.Entered.Clear(may, v, Every);
        s.Entered.Set(may, v, n);
        s.Masked.Set(may & s.Masking[v, n], v);                                      // TR-10.f
        s.Nested.Clear(may, v);                                                      // TR-10.g
        s.Virtual8086.Clear(may, v);
        s.Judged.Clear(may, v, Every);
        s.Cpl.Assign(may & Is32(v), v, Ring1);                                       // TR-10.h
        s.Cpl.Assign(may & !Is32(v), v, Ring3);
        EnterMode(may, v, kernel: True);
        s.Code.Clear(may, v, Every);
        s.Code.Set(may, v, p);
        s.Ip.Assign(may, v, a);
        s.Sp.Assign(may, v, low);
        ReachFrame(may, v, stack, low);
        return may;
    }

    /// <summary>No frame can be made: Xen gives the domain up, and nothing else.</summary>
    /// <param name="faults">the frame cannot be written, or its handler's code not be gone on with</param>
    [Clause("TR-11")]
    public virtual Bit Crash(Word v, Word n, Word stack, Word low, Bit faults)
    {
        Bit may = s.Raised[v, n] & XenRuns(v)
                & IsFramesStack(v, stack) & s.FrameEnd[stack, low]
                & (s.Handler.Empty(v, n, Every)                                      // TR-11.a
                   | !IsClear(stack, low) | faults);                                 // TR-11.b

        s.Crashed.Set(may, s.Home[v]);
        return may;
    }

    /// <summary>A guest writes the virtual interrupt flag of one of its vCPUs, which lies in its memory, or has Xen write there.</summary>
    /// <param name="u">the vCPU whose flag it is</param>
    [Clause("TR-12")]
    public virtual Bit MaskEvents(Word v, Word u, Bit masked)
    {
        Bit may = s.Home[u] == s.Home[v];                                            // TR-12.a

        s.Masked.Assign(may, masked, u);
        return may;
    }

    /// <summary>A guest's kernel waits for events: Xen lets them come to it.</summary>
    [Clause("TR-12")]
    public virtual Bit AwaitEvents(Word v)
    {
        Bit may = s.Serving[v] & XenRuns(v);                                         // TR-12.b

        s.Masked.Clear(may, v);
        return may;
    }

    /// <summary>The processor can be sent to the address.</summary>
    [Clause("TR-6.b")]
    protected virtual Bit IsSound(Word a) => !s.NonCanonical[a];

    /// <summary>The vector's handler was opened to the mode that the vCPU is in.</summary>
    [Clause("TR-9.a")]
    protected virtual Bit MayRaise(Word v, Word n) =>
        (s.InKernel[v] & s.OpenToKernel[v, n])
        | s.OpenToUser[v, n];

    /// <summary>Nothing of a frame from the one address down to the other is Xen's.</summary>
    [Clause("TR-10.d")]
    protected virtual Bit IsClear(Word stack, Word low) => !s.XensAddress[stack] & !s.XensAddress[low];

    /// <summary>What was delivered is delivered.</summary>
    [Clause("TR-10.e")]
    protected virtual Bit Consumes(Word v) => True;

    /// <summary>The frame goes where the kernel's stack pointer is, or to the stack that it registered if the vCPU is in user mode.</summary>
    [Clause("TR-10.c")]
    protected Bit IsFramesStack(Word v, Word stack) =>
        (s.InKernel[v] & stack == s.Sp[v])
        | (!s.InKernel[v] & stack == s.KernelStack[v]);

    private void Raise(Bit when, Word v, Word n, Bit software)
    {
        s.Raised.Set(when, v, n);
        s.Due.Set(when, v, n);
        s.BySoftware.Assign(when, software, v);
    }

    /// <summary>Mode and page tables change together.</summary>
    [Clause("RG-1.a")]
    private void EnterMode(Bit when, Word v, Bit kernel)
    {
        s.InKernel.Assign(when, kernel, v);
        s.OnKernelRoot.Assign(when, kernel, v);
    }

    private void ReachFrame(Bit when, Word v, Word stack, Word low)
    {
        Reach(when, v, stack);
        s.Reached.Set(when, v, low);
    }
}
