using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Invariants;

/// <summary>The invariants of memory isolation, in the order of <c>spec/invariants.md</c>.</summary>
/// <remarks>
/// They do not ask the predicates that steps ask, so that a step which asks wrongly is found out. They are inductive: one
/// step from a state in which they hold, and in which a slot names at most one frame and a vCPU has at most one kernel root,
/// leads to such a state, whatever the number of frames, slots, domains and vCPUs. (Z3 finds it so, for the two that
/// count by what each step adds and takes away. I-BRC, which is said of rest, is tested.)
/// </remarks>
public sealed partial class Invariants<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state)
    : Vocabulary<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<Invariant<Bit, Word>> All => field ??=
    [
        Ownership, References, Liveness, LifeCycle, Scrubbing,
        TypeExclusivity, TypeCounts, ValidMeansAudited, EditEqualsAudit, ReservedBits, LinearTables, CompatRoots, PartialState, RetypeOrder,
        RootSwitch, FrameNumbers, AllOrNothing,
    ];
}
