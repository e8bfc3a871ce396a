namespace Model.Invariants;

/// <summary>A property of every reachable state.</summary>
/// <param name="Id">the clause of <c>spec/invariants.md</c> that states it</param>
/// <param name="Says">the clause's sentence, word for word</param>
/// <param name="Source">where Xen says so, and what history broke it</param>
/// <param name="Claims">what the sentence comes to, for every value of the words that each claim speaks of</param>
public sealed record Invariant<Bit, Word>(string Id, string Says, string Source, params Claim<Bit, Word>[] Claims)
{
    /// <summary>It is said of the state between two requests, not after every step of one.</summary>
    public bool IsAtRest { get; init; }

    /// <summary>It speaks of nothing but what 32-bit guests have.</summary>
    public bool IsOfCompat { get; init; }

    /// <summary>It speaks of Xen's own records; where another is broken too, that one tells more.</summary>
    public bool IsBookkeeping { get; init; }
}

/// <summary>One part of an invariant.</summary>
public abstract record Claim<Bit, Word>;

/// <summary>Of every frame.</summary>
/// <param name="Witness">what to say of a frame of which it is false</param>
public sealed record OfFrame<Bit, Word>(Func<Word, Bit> Holds, Func<FrameView, string> Witness) : Claim<Bit, Word>;

/// <summary>Of every vCPU and every frame.</summary>
public sealed record OfVcpu<Bit, Word>(Func<Word, Word, Bit> Holds, Func<VcpuId, FrameView, string> Witness) : Claim<Bit, Word>;

/// <summary>Of every frame, every slot of it, and every frame.</summary>
public sealed record OfEntry<Bit, Word>(Func<Word, Word, Word, Bit> Holds, Func<FrameView, int, Entry, FrameView, string> Witness)
    : Claim<Bit, Word>;
