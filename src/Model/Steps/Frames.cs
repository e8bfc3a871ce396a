using Model.Domains;

namespace Model.Steps;

/// <summary>The life of a frame: free, allocated to a domain, given back, free again.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Give a free frame, scrubbed, to a domain.</summary>
    [Clause("FR-2")]
    public virtual Bit Allocate(Word f, Word d)
    {
        Bit may = s.Owner[f] == Nobody                        // FR-2.a
                & d != Nobody & d != Xen                      // FR-2.b
                & s.CachedRead.Empty(Every, f);               // FR-2.c

        s.Owner.Assign(may, f, d);
        s.Allocated.Set(may, f);
        Count(may, f);
        Scrub(may, f);                                        // FR-2.d
        s.Written.Clear(may, f);
        return may;
    }

    /// <summary>Share a page of Xen's heap with a domain, which may write it; Xen holds it for good.</summary>
    [Clause("FR-5")]
    public virtual Bit Share(Word f, Word d)
    {
        Bit may = s.Owner[f] == Xen                           // FR-5.a
                & d != Nobody & d != Xen
                & !s.Allocated[f]
                & NobodyHoldsType(f)
                & NobodyRefers(f);

        s.Owner.Assign(may, f, d);
        s.Allocated.Set(may, f);
        s.Shared.Set(may, f);
        s.Type.Assign(may, f, Data);
        s.Valid.Set(may, f);
        Count(may, f);
        CountType(may, f);
        Scrub(may, f);                                        // FR-2.d
        s.Written.Clear(may, f);
        return may;
    }

    /// <summary>Give a frame back: the owner's claim ends, the references that are left keep it from being free.</summary>
    [Clause("FR-3")]
    public virtual Bit Release(Word v, Word f)
    {
        Bit may = s.Owner[f] == s.Home[v]                     // FR-3.a
                & !s.Shared[f]                                // FR-3.b
                & s.Allocated[f];                             // FR-3.c

        s.Allocated.Clear(may, f);
        Discount(may, f);
        return may;
    }

    /// <summary>Free a frame that was given back and that nothing refers to any more.</summary>
    [Clause("FR-4")]
    public virtual Bit Free(Word f)
    {
        Bit may = s.Owner[f] != Nobody & s.Owner[f] != Xen
                & !s.Allocated[f]                             // FR-4.a
                & NobodyRefers(f)                             // FR-4.b
                & NobodyHoldsType(f)                          // FR-4.b
                & MayForget(f);                               // FR-4.c

        s.Owner.Assign(may, f, Nobody);
        Untype(may, f);                                       // FR-4.d
        return may;
    }

    /// <summary>No processor can reach the frame any more.</summary>
    [Clause("FR-4.c"), Clause("D-1")]
    protected internal virtual Bit MayForget(Word f) => s.CachedRead.Empty(Every, f);

    /// <summary>A type does not outlive the ownership it was established under.</summary>
    [Clause("FR-4.d")]
    protected virtual void Untype(Bit when, Word f)
    {
        s.Type.Assign(when, f, Unused);
        s.Valid.Clear(when, f);
    }

    /// <summary>Nothing of what the frame held is left.</summary>
    [Clause("FR-2.d"), Clause("D-2")]
    protected virtual void Scrub(Bit when, Word f)
    {
        s.Entry.Clear(when, f, Every, Every);
        s.Writable.Clear(when, f, Every);
        s.User.Clear(when, f, Every);
        s.Superpage.Clear(when, f, Every);
        s.Cache.Clear(when, f, Every);
        s.Reserved.Clear(when, f, Every);
        s.Global.Clear(when, f, Every);
        s.NoExecute.Clear(when, f, Every);
        s.Accessed.Clear(when, f, Every);
        s.Dirty.Clear(when, f, Every);
        s.GuestKernel.Clear(when, f, Every);
        s.Available.Clear(when, f, Every);
    }
}
