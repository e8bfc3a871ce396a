using Model.Domains;

namespace Model.Rings;

/// <summary>The frame of an iret hypercall that asks for virtual-8086 mode, which Xen copies to the stack that the kernel registered.</summary>
public partial class RingSteps<Bit, Word, Relation, Map>
{
    /// <summary>Xen begins to copy, with the lowest word.</summary>
    [Clause("TR-18")]
    public virtual Bit BeginCopy(Word v)
    {
        Word first = s.Sp[v];
        Bit may = s.Serving[v] & XenRuns(v) & s.Copying.Empty(v, Every)
                & Is32(v)                                                            // TR-18.a
                & s.FrameWord[first, first];                                         // TR-18.b

        s.Copying.Set(may, v, first);
        return may;
    }

    /// <summary>Xen goes on with another word.</summary>
    /// <param name="a">of the word that is copied</param>
    /// <param name="b">of the next</param>
    [Clause("TR-18")]
    public virtual Bit CopyWord(Word v, Word a, Word b)
    {
        Bit may = s.Copying[v, a] & XenRuns(v)
                & GoesOn(v, a, b);                                                   // TR-18.c

        s.Copying.Clear(may, v, a);
        s.Copying.Set(may, v, b);
        return may;
    }

    /// <summary>That was the last word, or one that cannot be read or written.</summary>
    [Clause("TR-18")]
    public virtual Bit EndCopy(Word v, Word a)
    {
        Bit may = s.Copying[v, a] & XenRuns(v);

        s.Copying.Clear(may, v, a);
        return may;
    }

    /// <summary>The second word follows upon the first, and is one of the frame's.</summary>
    [Clause("TR-18.c")]
    protected virtual Bit GoesOn(Word v, Word a, Word b) => s.Next[a, b] & s.FrameWord[s.Sp[v], b];
}
