using Model.Domains;

namespace Model.Steps;

/// <summary>Translations that processors cache: filled by walking live tables, kept until flushed.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>A processor walks four levels from its root and caches a translation to a frame; of a 32-bit guest three.</summary>
    /// <param name="t4">the root; for a vCPU of a 32-bit guest the same as <paramref name="t3"/></param>
    /// <param name="write">for a write: every entry on the way must grant it</param>
    [Clause("TLB-1")]
    public virtual Bit Fill(Word v, Word t4, Word i4, Word t3, Word i3, Word t2, Word i2, Word t1, Word i1, Word f, Bit write)
    {
        Bit may = Starts(v, t4, i4, t3, write)                                                       // TLB-1.a
                & s.Entry[t3, i3, t2] & (!write | s.Writable[t3, i3]) & !s.Superpage[t3, i3]         // TLB-1.b
                & s.Entry[t2, i2, t1] & (!write | s.Writable[t2, i2]) & !s.Superpage[t2, i2]
                & s.Entry[t1, i1, f] & (!write | s.Writable[t1, i1]);

        Cache(may, v, t4, f, write);
        return may;
    }

    /// <summary>A processor's walk ends early at a superpage entry, which maps memory whatever is there.</summary>
    /// <param name="f">any of the frames the superpage spans</param>
    [Clause("TLB-2")]
    public virtual Bit FillSuperpage(Word v, Word t4, Word i4, Word t3, Word i3, Word t2, Word i2, Word t1, Word f, Bit write)
    {
        Bit may = Starts(v, t4, i4, t3, write)                                                       // TLB-1.a
                & s.Entry[t3, i3, t2] & (!write | s.Writable[t3, i3]) & !s.Superpage[t3, i3]
                & s.Entry[t2, i2, t1] & (!write | s.Writable[t2, i2]) & s.Superpage[t2, i2];         // TLB-2.a

        Cache(may, v, t4, f, write);
        return may;
    }

    /// <summary>A processor forgets every translation of a vCPU.</summary>
    [Clause("TLB-3")]
    public virtual Bit Flush(Word v)
    {
        Bit may = True;

        Empty(may, v);
        return may;
    }

    /// <summary>The frame is the root that the vCPU's walks start from now.</summary>
    [Clause("TLB-1.a")]
    protected Bit Runs(Word v, Word f) =>
        (s.InKernel[v] & s.KernelBase[v, f])
        | (!s.InKernel[v] & s.UserBase[v, f]);

    /// <summary>The vCPU's walk starts at the root and comes to the table of the third level, which for a 32-bit guest is the root.</summary>
    /// <remarks>What leads there is a table of Xen's own with one entry, which grants everything.</remarks>
    [Clause("TLB-1.a"), Clause("D-15")]
    protected Bit Starts(Word v, Word t4, Word i4, Word t3, Bit write) =>
        Runs(v, t4)
        & ((!s.Compat[s.Home[v]] & s.Entry[t4, i4, t3] & (!write | s.Writable[t4, i4]))
           | (s.Compat[s.Home[v]] & t4 == t3));

    private void Cache(Bit when, Word v, Word root, Word f, Bit write)
    {
        s.CachedRead.Set(when, v, f);
        s.CachedWrite.Set(when & write, v, f);
        s.Reached.Set(when, v, root);
    }

    /// <summary>Nothing that the vCPU cached is left.</summary>
    [Clause("TLB-3")]
    protected virtual void Empty(Bit when, Word v)
    {
        s.CachedRead.Clear(when, v, Every);
        s.CachedWrite.Clear(when, v, Every);
        s.Reached.Clear(when, v, Every);
    }
}
