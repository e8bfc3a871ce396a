using Model.Domains;

namespace Model.Rings;

/// <summary>Descriptors, selectors, far transfers and gates; the addresses that a guest reaches.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>Xen writes a descriptor into a table of some vCPU, as a guest's kernel asks.</summary>
    /// <param name="u">the vCPU whose table it is</param>
    /// <param name="ring">its privilege level as Xen writes it</param>
    [Clause("RG-3")]
    public virtual Bit WriteDescriptor(Word v, Word u, Word p, Word ring, Bit code, Bit data, Bit gate, Bit isLong)
    {
        Bit may = s.Serving[v] & XenRuns(v)                                          // RG-3.a
                & s.Home[u] == s.Home[v]
                & s.InLimit[u, p] & !s.XensPosition[p]                               // RG-3.b
                & !(code & data) & !(code & gate) & !(data & gate)
                & (!isLong | code)
                & Admits(u, ring, code, data, gate, isLong);                         // RG-3.c

        Put(may, u, p, ring, code, data, gate, isLong);
        return may;
    }

    /// <summary>A guest's kernel has its table reach to a position, or a page of its LDT is used; Xen audits what stands there.</summary>
    [Clause("RG-4")]
    public virtual Bit Admit(Word v, Word p, Word ring)
    {
        Bit may = XenRuns(v)
                & !s.XensPosition[p]                                                 // RG-4.a
                & s.Dpl[v, p, ring]
                & Admits(v, ring, s.IsCode[v, p], s.IsData[v, p], s.IsGate[v, p], s.IsLong[v, p]);   // RG-4.b

        s.InLimit.Set(may, v, p);
        return may;
    }

    /// <summary>A guest's kernel has its table end before a position, or Xen lets a page of its LDT go.</summary>
    [Clause("RG-4")]
    public virtual Bit Exclude(Word v, Word p)
    {
        Bit may = XenRuns(v)
                & s.InLimit[v, p]                                                    // RG-4.c
                & s.Consulted.Empty(v, Every);                                       // RG-4.d

        s.InLimit.Clear(may, v, p);
        return may;
    }

    /// <summary>A guest writes into its memory behind the end of its table what would be a descriptor.</summary>
    [Clause("RG-5")]
    public virtual Bit Forge(Word v, Word p, Word ring, Bit code, Bit data, Bit gate, Bit isLong)
    {
        Bit may = GuestRuns(v)
                & !s.InLimit[v, p] & !s.XensPosition[p]                              // RG-5.a
                & !(code & data) & !(code & gate) & !(data & gate)
                & (!isLong | code);

        Put(may, v, p, ring, code, data, gate, isLong);
        return may;
    }

    /// <summary>A guest loads a data selector, or Xen for it as it asks.</summary>
    [Clause("RG-6")]
    public virtual Bit LoadData(Word v, Word p, Word ring)
    {
        Bit may = (GuestRuns(v) | s.Serving[v])
                & IsInTable(v, p)                                                    // RG-6.a
                & (s.IsData[v, p] | s.IsCode[v, p])
                & s.Dpl[v, p, ring] & IsOutside(ring, s.Cpl[v]);                     // RG-6.b

        s.Data.Set(may, v, p);
        return may;
    }

    /// <summary>A guest loads another selector instead, or Xen a null selector.</summary>
    [Clause("RG-6")]
    public virtual Bit DropData(Word v, Word p)
    {
        Bit may = s.Data[v, p];                                                      // RG-6.c

        s.Data.Clear(may, v, p);
        return may;
    }

    /// <summary>A guest jumps or calls into another code segment of its own level.</summary>
    [Clause("RG-7"), Clause("D-30")]
    public virtual Bit FarTransfer(Word v, Word p, Word a)
    {
        Bit may = GuestRuns(v)
                & IsInTable(v, p) & s.IsCode[v, p]                                   // RG-7.a
                & s.Dpl[v, p, s.Cpl[v]]                                              // RG-7.b
                & !s.NonCanonical[a];                                                // RG-7.c

        GoOnIn(may, v, p, a);
        return may;
    }

    /// <summary>The processor takes a guest through a call gate, to a level that the gate's target says.</summary>
    /// <param name="ring">of the gate</param>
    /// <param name="inner">of the segment that the gate names</param>
    [Clause("RG-8")]
    public virtual Bit PassGate(Word v, Word p, Word ring, Word q, Word inner, Word a)
    {
        Bit may = GuestRuns(v)
                & IsInTable(v, p) & s.IsGate[v, p]                                   // RG-8.a
                & s.Dpl[v, p, ring] & IsOutside(ring, s.Cpl[v])                      // RG-8.b
                & IsInTable(v, q) & s.IsCode[v, q] & s.IsLong[v, q]
                & s.Dpl[v, q, inner] & IsOutside(s.Cpl[v], inner);                   // RG-8.c

        s.Cpl.Assign(may, v, inner);
        GoOnIn(may, v, q, a);
        return may;
    }

    /// <summary>A guest returns to a less privileged level by itself: only a 32-bit guest has two.</summary>
    [Clause("RG-9")]
    public virtual Bit ReturnOutwards(Word v, Word p, Word ring, Word a)
    {
        Bit may = GuestRuns(v)
                & IsInTable(v, p) & s.IsCode[v, p]                                   // RG-9.a
                & s.Dpl[v, p, ring]
                & IsOutside(ring, s.Cpl[v]) & ring != s.Cpl[v]                       // RG-9.b
                & !s.NonCanonical[a];

        s.Cpl.Assign(may, v, ring);
        s.InKernel.Clear(may, v);
        GoOnIn(may, v, p, a);
        return may;
    }

    /// <summary>Xen reads the descriptor of a call gate that the processor would not let a guest through.</summary>
    [Clause("RG-10")]
    public virtual Bit ConsultGate(Word v, Word p)
    {
        Bit may = IsFresh(v)
                & Is32(v)                                                            // RG-10.a
                & MayConsult(v, p)                                                   // RG-10.b
                & s.IsGate[v, p];

        s.Consulted.Set(may, v, p);
        return may;
    }

    /// <summary>Xen takes the guest through the gate, as the processor would a guest without Xen.</summary>
    /// <param name="ring">of the segment that the gate names</param>
    /// <param name="low">the lowest address of the frame that is pushed</param>
    [Clause("RG-11")]
    public virtual Bit EnterGate(Word v, Word p, Word q, Word ring, Word a, Word stack, Word low)
    {
        Bit may = s.Consulted[v, p] & XenRuns(v)
                & IsInTable(v, q) & s.IsCode[v, q]                                   // RG-11.a
                & s.Dpl[v, q, ring] & (ring == s.Cpl[v] | ring == Ring1)             // RG-11.b
                & IsOutside(s.Cpl[v], ring)
                & s.FrameEnd[stack, low] & IsClear(stack, low);                      // RG-11.c

        s.Consulted.Clear(may, v, p);
        s.Judged.Clear(may, v, Every);
        s.Cpl.Assign(may, v, ring);
        s.InKernel.Assign(may, ring == Ring1, v);
        s.Sp.Assign(may, v, low);
        GoOnIn(may, v, q, a);
        ReachFrame(may, v, stack, low);
        return may;
    }

    /// <summary>Xen does not take the guest through the gate after all.</summary>
    [Clause("RG-10")]
    public virtual Bit LeaveGate(Word v, Word p)
    {
        Bit may = s.Consulted[v, p] & XenRuns(v);

        s.Consulted.Clear(may, v, p);
        return may;
    }

    /// <summary>A guest reads or writes memory at an address.</summary>
    [Clause("RG-12"), Clause("D-31")]
    public virtual Bit Touch(Word v, Word a)
    {
        Bit may = GuestRuns(v)
                & (!s.XensAddress[a] | (s.Cpl[v] != Ring3 & s.Long[v]));             // RG-12.a

        Reach(may, v, a);
        return may;
    }

    /// <summary>Xen lets a guest have such a descriptor.</summary>
    [Clause("RG-2")]
    protected virtual Bit Admits(Word v, Word ring, Bit code, Bit data, Bit gate, Bit isLong) =>
        IsHarmless(v, ring, code | data, gate, isLong);

    /// <summary>Xen may take the position for a descriptor when it carries out a gate.</summary>
    [Clause("RG-10.b")]
    protected virtual Bit MayConsult(Word v, Word p) => s.InLimit[v, p] & !s.XensPosition[p];

    /// <summary>The processor takes the position for a descriptor.</summary>
    [Clause("RG-6.a")]
    protected Bit IsInTable(Word v, Word p) => s.InLimit[v, p] | s.XensPosition[p];

    private void Put(Bit when, Word v, Word p, Word ring, Bit code, Bit data, Bit gate, Bit isLong)
    {
        s.IsCode.Assign(when, code, v, p);
        s.IsData.Assign(when, data, v, p);
        s.IsGate.Assign(when, gate, v, p);
        s.IsLong.Assign(when, isLong, v, p);
        s.Dpl.Clear(when, v, p, Every);
        s.Dpl.Set(when, v, p, ring);
    }

    /// <summary>The code selector names the position, and its hidden part is what stands there.</summary>
    private void GoOnIn(Bit when, Word v, Word p, Word a)
    {
        s.Code.Clear(when, v, Every);
        s.Code.Set(when, v, p);
        s.Long.Assign(when, s.IsLong[v, p], v);
        s.Ip.Assign(when, v, a);
    }
}
