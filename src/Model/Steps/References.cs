using Model.Domains;

namespace Model.Steps;

/// <summary>References in the hands of a vCPU: taken and not yet placed, or taken out of a place and not yet dropped.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Take a reference to a frame of the caller's domain.</summary>
    [Clause("PT-1")]
    public virtual Bit Take(Word v, Word f)
    {
        Bit may = MayTake(v, f)                               // PT-1.a
                & !s.Taken[v, f];

        s.Taken.Set(may, v, f);
        Count(may, f);
        return may;
    }

    /// <summary>Hold a frame in the type it is established in.</summary>
    [Clause("PT-3")]
    public virtual Bit TakeType(Word v, Word f, Word type)
    {
        Bit may = s.Taken[v, f]                               // PT-3.a
                & !s.TakenType[v, f]
                & s.Type[f] == type                           // PT-3.b
                & s.Valid[f];                                 // PT-3.c

        s.TakenType.Set(may, v, f);
        CountType(may, f);
        return may;
    }

    /// <summary>Drop a reference that was taken and not placed.</summary>
    [Clause("PT-1")]
    public virtual Bit Drop(Word v, Word f)
    {
        Bit may = s.Taken[v, f]
                & !s.TakenType[v, f];                         // PT-1.b

        s.Taken.Clear(may, v, f);
        Discount(may, f);
        return may;
    }

    /// <summary>Give up a reference that was taken and not placed: it leaves like one that was.</summary>
    [Clause("PT-9")]
    public virtual Bit Leave(Word v, Word f)
    {
        Bit may = s.Taken[v, f]
                & !s.Leaving[v, f]                            // PT-9.a
                & (!s.TakenType[v, f] | s.Valid[f]);

        s.LeavingType.Set(may & s.TakenType[v, f], v, f);
        s.TakenType.Clear(may, v, f);
        s.Taken.Clear(may, v, f);
        s.Leaving.Set(may, v, f);
        return may;
    }

    /// <summary>Drop a reference that left its place. The last one of a page table cannot be dropped: the table must go first.</summary>
    [Clause("PT-9")]
    public virtual Bit Forget(Word v, Word f)
    {
        Bit may = s.Leaving[v, f]
                & (!s.LeavingType[v, f]
                   | (s.Valid[f] & (!IsTable(f) | !HoldsTypeLast(v, f))));    // PT-9.b

        DiscountType(may & s.LeavingType[v, f], f);
        s.LeavingType.Clear(may, v, f);
        s.Leaving.Clear(may, v, f);
        Discount(may, f);
        return may;
    }

    /// <summary>Pin: the reference that the caller took stays with the frame.</summary>
    [Clause("PT-10")]
    public virtual Bit Pin(Word v, Word f)
    {
        Bit may = s.TakenType[v, f]                           // PT-10.a
                & s.Valid[f]
                & IsTable(f)                                  // PT-10.b
                & s.Type[f] != XenL2                          // PT-10.d
                & !s.Pinned[f];                               // PT-10.c

        s.Pinned.Set(may, f);
        s.Taken.Clear(may, v, f);
        s.TakenType.Clear(may, v, f);
        return may;
    }

    /// <summary>Unpin: the pin's reference leaves.</summary>
    [Clause("PT-11")]
    public virtual Bit Unpin(Word v, Word f)
    {
        Bit may = s.Owner[f] == s.Home[v]                     // PT-11.a
                & s.Pinned[f]                                 // PT-11.b
                & !s.Leaving[v, f];

        s.Pinned.Clear(may, f);
        s.Leaving.Set(may, v, f);
        s.LeavingType.Set(may, v, f);
        return may;
    }

    /// <summary>Keep a vCPU's <c>vcpu_info</c> in a frame; Xen writes there, so it holds the frame writable.</summary>
    [Clause("FR-6")]
    public virtual Bit PlaceVcpuInfo(Word v, Word f)
    {
        Bit may = s.TakenType[v, f]
                & s.Type[f] == Data                           // FR-6.a
                & s.Valid[f]
                & s.VcpuInfo.Empty(v, Every);                 // FR-6.b

        s.VcpuInfo.Set(may, v, f);
        s.Taken.Clear(may, v, f);
        s.TakenType.Clear(may, v, f);
        return may;
    }

    /// <summary>The frame is the caller's.</summary>
    [Clause("PT-1.a")]
    protected internal virtual Bit MayTake(Word v, Word f) => s.Owner[f] == s.Home[v];
}
