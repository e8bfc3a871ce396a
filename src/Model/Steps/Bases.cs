using Model.Domains;

namespace Model.Steps;

/// <summary>Base pointers: the roots that a vCPU's page-table walks start from.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Take the kernel's root away from a vCPU; what was reached from it is forgotten.</summary>
    [Clause("BP-2")]
    public virtual Bit UnloadKernelBase(Word v, Word f)
    {
        Bit may = s.KernelBase[v, f]
                & !s.Leaving[v, f];                           // BP-2.a

        s.KernelBase.Clear(may, v, f);
        s.Leaving.Set(may, v, f);
        s.LeavingType.Set(may, v, f);
        FlushAtLoad(may, v);                                  // BP-2.b
        return may;
    }

    /// <summary>Give a vCPU that has none a root for its kernel; the reference that it took becomes the base's.</summary>
    [Clause("BP-1")]
    public virtual Bit LoadKernelBase(Word v, Word f)
    {
        Bit may = MayBeBase(v, f)                             // BP-1.a
                & s.KernelBase.Empty(v, Every);               // BP-1.b

        s.KernelBase.Set(may, v, f);
        s.Taken.Clear(may, v, f);
        s.TakenType.Clear(may, v, f);
        return may;
    }

    /// <summary>Take the root of user mode away from a vCPU; what was reached from it is forgotten.</summary>
    [Clause("BP-3"), Clause("D-8")]
    public virtual Bit UnloadUserBase(Word v, Word f)
    {
        Bit may = s.UserBase[v, f]
                & s.InKernel[v]                               // BP-3.a
                & !s.Leaving[v, f];                           // BP-2.a

        s.UserBase.Clear(may, v, f);
        s.Leaving.Set(may, v, f);
        s.LeavingType.Set(may, v, f);
        FlushAtLoad(may, v);                                  // BP-2.b
        return may;
    }

    /// <summary>Give a vCPU that has none a root for user mode.</summary>
    [Clause("BP-3")]
    public virtual Bit LoadUserBase(Word v, Word f)
    {
        Bit may = MayBeBase(v, f)                             // BP-1.a
                & s.UserBase.Empty(v, Every)                  // BP-1.b
                & !s.Compat[s.Home[v]];                       // BP-3.b

        s.UserBase.Set(may, v, f);
        s.Taken.Clear(may, v, f);
        s.TakenType.Clear(may, v, f);
        return may;
    }

    /// <summary>The vCPU goes over to its domain's kernel.</summary>
    [Clause("BP-4")]
    public virtual Bit EnterKernel(Word v)
    {
        Bit may = !s.InKernel[v];

        s.InKernel.Set(may, v);
        return may;
    }

    /// <summary>The vCPU goes over to user mode, which needs a root of its own.</summary>
    [Clause("BP-4")]
    public virtual Bit EnterUser(Word v)
    {
        Bit may = s.InKernel[v]
                & !s.UserBase.Empty(v, Every);                // BP-4.a

        s.InKernel.Clear(may, v);
        return may;
    }

    /// <summary>The vCPU holds the frame as an established top-level table of its own domain: an L4, or an L3 of a 32-bit guest.</summary>
    [Clause("BP-1.a"), Clause("D-15"), Clause("D-16")]
    protected virtual Bit MayBeBase(Word v, Word f) =>
        s.TakenType[v, f]
        & ((s.Type[f] == L4 & !s.Compat[s.Home[v]]) | (s.Type[f] == L3 & s.Compat[s.Home[v]]))
        & s.Valid[f]
        & s.Owner[f] == s.Home[v];

    /// <summary>Loading a base empties the TLB.</summary>
    [Clause("BP-2.b")]
    protected virtual void FlushAtLoad(Bit when, Word v) => Empty(when, v);
}
