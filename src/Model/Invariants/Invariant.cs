using Model.Domains;
using Model.State;

namespace Model.Invariants;

/// <summary>A property of every reachable state, for every value of the words it speaks of.</summary>
/// <param name="Id">the clause of <c>spec/invariants.md</c> that states it</param>
/// <param name="Says">the clause's sentence, word for word</param>
/// <param name="Source">where Xen says so, and what history broke it</param>
public abstract record Invariant<Bit, Word, Relation, Map>(string Id, string Says, string Source)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>;

/// <summary>Of every frame.</summary>
public sealed record OfFrame<Bit, Word, Relation, Map>(
    string Id,
    string Says,
    string Source,
    Func<State<Bit, Word, Relation, Map>, Word, Bit> Holds,
    Func<FrameView, string> Witness) : Invariant<Bit, Word, Relation, Map>(Id, Says, Source)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>;

/// <summary>Of every vCPU and every frame.</summary>
public sealed record OfVcpu<Bit, Word, Relation, Map>(
    string Id,
    string Says,
    string Source,
    Func<State<Bit, Word, Relation, Map>, Word, Word, Bit> Holds,
    Func<VcpuId, FrameView, string> Witness) : Invariant<Bit, Word, Relation, Map>(Id, Says, Source)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>;

/// <summary>Of every frame, every slot of it, and every frame that the slot may name or hold.</summary>
public sealed record OfEntry<Bit, Word, Relation, Map>(
    string Id,
    string Says,
    string Source,
    Func<State<Bit, Word, Relation, Map>, Word, Word, Word, Bit> Holds,
    Func<FrameView, int, Entry, FrameView, string> Witness) : Invariant<Bit, Word, Relation, Map>(Id, Says, Source)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>;
