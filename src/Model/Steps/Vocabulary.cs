using Model.Domains;
using Model.State;

namespace Model.Steps;

/// <summary>The words that steps and invariants are written in.</summary>
public abstract class Vocabulary<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state)
    : Logic<Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>The state that is spoken of.</summary>
    protected State<Bit, Word, Relation, Map> s { get; } = state;

    /// <summary>The owner of a frame that nobody owns.</summary>
    protected static Word Nobody => Word.Literal(Sort.Domain, Domid.Nobody.Value);

    /// <summary>The owner of Xen's private frames.</summary>
    protected static Word Xen => Word.Literal(Sort.Domain, Domid.Xen.Value);

    protected static Word Unused => Word.Literal(Sort.Type, (int)PageType.None);

    protected static Word Data => Word.Literal(Sort.Type, (int)PageType.Writable);

    protected static Word L1 => Word.Literal(Sort.Type, (int)PageType.L1);

    protected static Word L2 => Word.Literal(Sort.Type, (int)PageType.L2);

    protected static Word L3 => Word.Literal(Sort.Type, (int)PageType.L3);

    protected static Word L4 => Word.Literal(Sort.Type, (int)PageType.L4);

    protected static Word DescriptorPage => Word.Literal(Sort.Type, (int)PageType.SegDesc);

    protected static Word XenL2 => Word.Literal(Sort.Type, (int)PageType.XenL2);

    protected static Word One => Word.Literal(Sort.Count, 1);

    /// <summary>The frame's type is that of a page table of some level.</summary>
    protected Bit IsTable(Word f) => s.Type[f] == L1 | IsUpper(f);

    /// <summary>The frame's type is that of a page table whose entries name tables.</summary>
    protected Bit IsUpper(Word f)
    {
        Word type = s.Type[f];
        return type == L2 | type == L3 | type == L4 | type == XenL2;
    }

    /// <summary>A table of the first type belongs into the entries of a table of the second.</summary>
    protected static Bit IsBelow(Word lower, Word upper) =>
        (lower == L1 & (upper == L2 | upper == XenL2)) | ((lower == L2 | lower == XenL2) & upper == L3) | (lower == L3 & upper == L4);

    /// <summary>Both frames are tables of the same level, whether Xen has slots in them or not.</summary>
    protected Bit IsSameLevel(Word f, Word g)
    {
        Word one = s.Type[f], other = s.Type[g];
        return one == other | (one == L2 & other == XenL2) | (one == XenL2 & other == L2);
    }

    /// <summary>The frame is of a type that roots of its domain have, a 32-bit guest's: an L3 of four entries.</summary>
    [Clause("PT-25")]
    protected Bit IsCompatRoot(Word f) => s.Type[f] == L3 & s.Compat[s.Owner[f]];

    /// <summary>The slot is Xen's in this table, or nobody's.</summary>
    [Clause("PT-14")]
    protected Bit IsXens(Word table, Word slot) =>
        (s.Type[table] == L4 & s.XenSlot[slot])                                             // PT-14.a
        | (s.Type[table] == XenL2 & s.XenL2Slot[slot])                                      // PT-14.b
        | (IsCompatRoot(table) & s.SpareSlot[slot]);                                        // PT-14.c

    /// <summary>The slot is the one of a 32-bit root that names Xen's addresses too, and never changes.</summary>
    [Clause("PT-25")]
    protected Bit IsFixed(Word table, Word slot) => IsCompatRoot(table) & s.FixedSlot[slot];

    /// <summary>No place holds the frame in its type; references in the hands of a vCPU are not places.</summary>
    [Clause("PT-2")]
    protected Bit NoPlaceHoldsType(Word f) =>
        !s.Shared[f]
        & !s.Pinned[f]
        & s.TypeHolder.Empty(Every, Every, f)
        & s.KernelBase.Empty(Every, f)
        & s.UserBase.Empty(Every, f)
        & s.Descriptors.Empty(Every, Every, f)
        & s.VcpuInfo.Empty(Every, f);

    /// <summary>Nothing holds the frame in its type.</summary>
    [Clause("PT-2")]
    protected Bit NobodyHoldsType(Word f) =>
        NoPlaceHoldsType(f)
        & !s.Paused[f]
        & s.TakenType.Empty(Every, f)
        & s.LeavingType.Empty(Every, f);

    /// <summary>The type reference that the vCPU is about to drop is the last.</summary>
    [Clause("PT-2")]
    protected Bit HoldsTypeLast(Word v, Word f) =>
        NoPlaceHoldsType(f)
        & s.TakenType.Empty(Every, f)
        & s.LeavingType.Only(v, f);

    /// <summary>Nothing but its allocation holds a reference to the frame.</summary>
    [Clause("FR-4")]
    protected Bit NobodyRefers(Word f) =>
        !s.Pinned[f]
        & !s.Paused[f]
        & s.Holder.Empty(Every, Every, f)
        & s.KernelBase.Empty(Every, f)
        & s.UserBase.Empty(Every, f)
        & s.Descriptors.Empty(Every, Every, f)
        & s.VcpuInfo.Empty(Every, f)
        & s.Taken.Empty(Every, f)
        & s.Leaving.Empty(Every, f);
}
