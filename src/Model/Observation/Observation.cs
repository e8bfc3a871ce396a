using Model.Domains;
using Model.State;
using Model.Steps;
using static Model.Domains.Sort;

namespace Model.Observation;

/// <summary>Two states of the machine as one domain sees them, in the order of <c>spec/07-flows.md</c>.</summary>
/// <remarks>
/// Two states look the same to a domain if they are alike in every aspect, for all words. What is not named here it does not
/// see: nothing of the frames and vCPUs of others but which frames are free, and not what the model notes for its own sake.
/// </remarks>
/// <param name="one">the first state</param>
/// <param name="other">the second</param>
/// <param name="u">the domain that looks</param>
public sealed class Observation<Bit, Word, Relation, Map>(
    State<Bit, Word, Relation, Map> one,
    State<Bit, Word, Relation, Map> other,
    Word u)
    : Vocabulary<Bit, Word, Relation, Map>(one)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>All that the domain sees.</summary>
    public IReadOnlyList<Aspect<Bit, Word>> All => field ??=
        [.. Everybodys, .. Frames, .. Contents, .. References, .. Vcpus, .. Translations];

    [Clause("FL-1")]
    private Aspect<Bit, Word>[] Everybodys =>
    [
        OfFrame("Free", "FL-1", f => Same(s.Owner[f] == Nobody, other.Owner[f] == Nobody)),                     // FL-1.a
        new("XenSlot", "FL-1", [Slot], at => Same(s.XenSlot[at[0]], other.XenSlot[at[0]])),                     // FL-1.b
        new("Compat", "FL-1", [Domain], at => Same(s.Compat[at[0]], other.Compat[at[0]])),                      // FL-1.c
        OfSlot("XenL2Slot", state => state.XenL2Slot),                                                          // FL-1.d
        OfSlot("FixedSlot", state => state.FixedSlot),
        OfSlot("SpareSlot", state => state.SpareSlot),
    ];

    [Clause("FL-2")]
    private Aspect<Bit, Word>[] Frames =>
    [
        OfFrame("Owner", "FL-2", f => Same(s.Owner[f] == u, other.Owner[f] == u)),                              // FL-2.a
        OfFrame("Type", "FL-2", f => Implies(IsOwn(f), s.Type[f] == other.Type[f])),                            // FL-2.b
        OfOwnFrame("Valid", state => state.Valid),                                                              // FL-2.b
        OfOwnFrame("Partial", state => state.Partial),
        OfOwnFrame("Paused", state => state.Paused),
        OfOwnFrame("Stale", state => state.Stale),
        OfOwnFrame("Pinned", state => state.Pinned),
        OfOwnFrame("Allocated", state => state.Allocated),                                                      // FL-2.c
        OfOwnFrame("Shared", state => state.Shared),
        OfFrame("RefCount", "FL-2", f => Implies(IsOwn(f), s.RefCount[f] == other.RefCount[f])),                // FL-2.d
        OfFrame("TypeCount", "FL-2", f => Implies(IsOwn(f), s.TypeCount[f] == other.TypeCount[f])),
    ];

    [Clause("FL-3")]
    private Aspect<Bit, Word>[] Contents =>
    [
        new("Entry", "FL-3", [Frame, Slot, Frame], at => Implies(                                               // FL-3.a
            IsOwn(at[0]), Same(s.Entry[at[0], at[1], at[2]], other.Entry[at[0], at[1], at[2]]))),
        OfOwnSlot("Writable", state => state.Writable),                                                         // FL-3.b
        OfOwnSlot("User", state => state.User),
        OfOwnSlot("Superpage", state => state.Superpage),
        OfOwnSlot("Cache", state => state.Cache),
        OfOwnSlot("Reserved", state => state.Reserved),
        OfOwnSlot("Global", state => state.Global),
        OfOwnSlot("NoExecute", state => state.NoExecute),
        OfOwnSlot("Accessed", state => state.Accessed),
        OfOwnSlot("Dirty", state => state.Dirty),
        OfOwnSlot("GuestKernel", state => state.GuestKernel),
        OfOwnSlot("Available", state => state.Available),
        OfOwnSlot("Audited", state => state.Audited),                                                           // FL-3.c
    ];

    [Clause("FL-4")]
    private Aspect<Bit, Word>[] References =>
    [
        OfHolder("Holder", state => state.Holder),
        OfHolder("TypeHolder", state => state.TypeHolder),
        OfHolder("Linear", state => state.Linear),
    ];

    [Clause("FL-5")]
    private Aspect<Bit, Word>[] Vcpus =>
    [
        new("Home", "FL-5", [Vcpu], at => Same(s.Home[at[0]] == u, other.Home[at[0]] == u)),                    // FL-5.a
        new("InKernel", "FL-5", [Vcpu], at => Implies(IsOwnVcpu(at[0]), Same(s.InKernel[at[0]], other.InKernel[at[0]]))),
        OfVcpu("KernelBase", "FL-5", state => state.KernelBase),                                                // FL-5.b
        OfVcpu("UserBase", "FL-5", state => state.UserBase),
        new("Descriptors", "FL-5", [Vcpu, Slot, Frame], at => Implies(
            IsOwnVcpu(at[0]) | IsOwn(at[2]), Same(s.Descriptors[at[0], at[1], at[2]], other.Descriptors[at[0], at[1], at[2]]))),
        OfVcpu("VcpuInfo", "FL-5", state => state.VcpuInfo),
        OfVcpu("Taken", "FL-5", state => state.Taken),                                                          // FL-5.c
        OfVcpu("TakenType", "FL-5", state => state.TakenType),
        OfVcpu("Leaving", "FL-5", state => state.Leaving),
        OfVcpu("LeavingType", "FL-5", state => state.LeavingType),
    ];

    [Clause("FL-6")]
    private Aspect<Bit, Word>[] Translations =>
    [
        OfVcpu("CachedRead", "FL-6", state => state.CachedRead),
        OfVcpu("CachedWrite", "FL-6", state => state.CachedWrite),
        OfVcpu("Reached", "FL-6", state => state.Reached),
    ];

    /// <summary>The frame is the domain's in both states.</summary>
    private Bit IsOwn(Word f) => s.Owner[f] == u & other.Owner[f] == u;

    /// <summary>The vCPU is the domain's in both states.</summary>
    private Bit IsOwnVcpu(Word v) => s.Home[v] == u & other.Home[v] == u;

    private Aspect<Bit, Word> OfSlot(string name, Func<State<Bit, Word, Relation, Map>, Relation> of) =>
        new(name, "FL-1", [Slot], at => Same(of(s)[at[0]], of(other)[at[0]]));

    private static Aspect<Bit, Word> OfFrame(string name, string clause, Func<Word, Bit> isAlike) =>
        new(name, clause, [Frame], at => isAlike(at[0]));

    private Aspect<Bit, Word> OfOwnFrame(string name, Func<State<Bit, Word, Relation, Map>, Relation> of) =>
        new(name, "FL-2", [Frame], at => Implies(IsOwn(at[0]), Same(of(s)[at[0]], of(other)[at[0]])));

    private Aspect<Bit, Word> OfOwnSlot(string name, Func<State<Bit, Word, Relation, Map>, Relation> of) =>
        new(name, "FL-3", [Frame, Slot], at => Implies(IsOwn(at[0]), Same(of(s)[at[0], at[1]], of(other)[at[0], at[1]])));

    /// <summary>What an entry holds is seen by those whose the table is, and by those whose the frame is that is held.</summary>
    private Aspect<Bit, Word> OfHolder(string name, Func<State<Bit, Word, Relation, Map>, Relation> of) =>
        new(name, "FL-4", [Frame, Slot, Frame], at => Implies(
            IsOwn(at[0]) | IsOwn(at[2]), Same(of(s)[at[0], at[1], at[2]], of(other)[at[0], at[1], at[2]])));

    /// <summary>What a vCPU holds or caches is seen by those whose the vCPU is, and by those whose the frame is.</summary>
    private Aspect<Bit, Word> OfVcpu(string name, string clause, Func<State<Bit, Word, Relation, Map>, Relation> of) =>
        new(name, clause, [Vcpu, Frame], at => Implies(
            IsOwnVcpu(at[0]) | IsOwn(at[1]), Same(of(s)[at[0], at[1]], of(other)[at[0], at[1]])));
}
