using Model.Domains;
using static Model.Domains.Sort;

namespace Model.Rings;

/// <summary>The invariants of ring protection, in the order of <c>spec/invariants.md</c>.</summary>
/// <remarks>
/// They ask none of the predicates that only steps ask, so that a step which asks wrongly is found out. They are inductive: one step
/// from a state in which they hold leads to such a state, whatever the number of vCPUs, processors, descriptors, vectors and addresses.
/// </remarks>
public sealed partial class RingInvariants<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state)
    : RingVocabulary<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <summary>All of them.</summary>
    public IReadOnlyList<RingInvariant<Bit, Word>> All => field ??=
    [
        GuestMode, EntryStack, GuestLoads, Injection, Debug, Floating, Descriptors, Facilities, Addresses, Privilege, SingleFetch, Progress, Panic, VcpuShape,
    ];

    private static RingClaim<Bit, Word> Claim(Sort a, Func<Word, Bit> where, Func<Word, Bit> holds, Func<string, string> witness) =>
        new([a], at => where(at[0]), at => holds(at[0]), w => witness(w[0]));

    private static RingClaim<Bit, Word> Claim(
        Sort a, Sort b, Func<Word, Word, Bit> where, Func<Word, Word, Bit> holds, Func<string, string, string> witness) =>
        new([a, b], at => where(at[0], at[1]), at => holds(at[0], at[1]), w => witness(w[0], w[1]));

    private static RingClaim<Bit, Word> Claim(
        Sort a, Sort b, Sort c, Func<Word, Word, Word, Bit> where, Func<Word, Word, Word, Bit> holds, Func<string, string, string, string> witness) =>
        new([a, b, c], at => where(at[0], at[1], at[2]), at => holds(at[0], at[1], at[2]), w => witness(w[0], w[1], w[2]));

    private static RingClaim<Bit, Word> Claim(
        Sort a, Sort b, Sort c, Sort d, Func<Word, Word, Word, Word, Bit> where, Func<Word, Word, Word, Word, Bit> holds, Func<string, string, string, string, string> witness) =>
        new([a, b, c, d], at => where(at[0], at[1], at[2], at[3]), at => holds(at[0], at[1], at[2], at[3]), w => witness(w[0], w[1], w[2], w[3]));
}
