using Model.Domains;

namespace Model.Rings;

/// <summary>The words that the steps and invariants of ring protection are written in.</summary>
public abstract class RingVocabulary<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state)
    : Logic<Bit, Word>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>The state that is spoken of.</summary>
    protected RingState<Bit, Word, Relation, Map> s { get; } = state;

    protected static Word Ring0 => Word.Literal(Sort.Ring, 0);

    protected static Word Ring1 => Word.Literal(Sort.Ring, 1);

    protected static Word Ring2 => Word.Literal(Sort.Ring, 2);

    protected static Word Ring3 => Word.Literal(Sort.Ring, 3);

    /// <summary>The vCPU is one of a 32-bit guest.</summary>
    protected Bit Is32(Word v) => s.Is32[s.Home[v]];

    /// <summary>The first ring is no more privileged than the second.</summary>
    protected static Bit IsOutside(Word a, Word b) =>
        a == b | b == Ring0 | a == Ring3 | (a == Ring2 & b == Ring1);

    /// <summary>A guest of this kind may run at the level.</summary>
    [Clause("RG-1")]
    protected Bit IsGuests(Word v, Word ring) => ring == Ring3 | (Is32(v) & ring != Ring0);

    /// <summary>A descriptor of these properties is one that the guest may have, as the processor reads it.</summary>
    [Clause("RG-2")]
    protected Bit IsHarmless(Word v, Word ring, Bit segment, Bit gate, Bit isLong) =>
        (!segment | IsGuests(v, ring))                                       // RG-2.a
        & (!gate | ring == Ring0)                                            // RG-2.b
        & (!isLong | !Is32(v));                                              // RG-2.c

    /// <summary>The guest runs.</summary>
    protected Bit GuestRuns(Word v) => !s.InXen[v];

    /// <summary>Xen runs on behalf of the vCPU, on a stack of its own.</summary>
    protected Bit XenRuns(Word v) => MayRun(v) & !s.Current.Empty(Every, v);

    /// <summary>Xen may go on with the vCPU, on a stack of its own, once there is a processor for it.</summary>
    protected Bit MayRun(Word v) => s.InXen[v] & !s.OnGuestStack[v] & !s.Panicked[v] & !s.Crashed[s.Home[v]];

    /// <summary>Xen has not decided yet about what brought it in, or is done with it.</summary>
    protected Bit IsUndecided(Word v) =>
        XenRuns(v) & !s.Serving[v] & !s.AtPorts[v] & s.Raised.Empty(v, Every) & s.Consulted.Empty(v, Every);

    /// <summary>Nor has it made the guest go on elsewhere.</summary>
    protected Bit IsFresh(Word v) => IsUndecided(v) & s.Entered.Empty(v, Every);
}
