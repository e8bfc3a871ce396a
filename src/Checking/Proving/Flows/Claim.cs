using Model;

namespace Checking.Proving.Flows;

/// <summary>What is said to be silent.</summary>
/// <param name="Id">the clause of <c>spec/07-flows.md</c></param>
/// <param name="Says">its first sentence, word for word</param>
/// <param name="Source">who said it first</param>
internal sealed record Claim(string Id, string Says, string Source)
{
    private const string Rushby = "J. Rushby, Noninterference, transitivity, and channel-control security policies, SRI CSL-92-02, 1992";

    [Clause("FL-10")]
    public static Claim LocalRespect { get; } = new(
        "FL-10", "A step changes nothing that a domain sees for which it does not act.", $"{Rushby}, \"local respect\"");

    [Clause("FL-11")]
    public static Claim EqualAnswers { get; } = new(
        "FL-11", "Whether a step is refused depends on nothing but what the domain for which it acts sees.", $"{Rushby}, \"output consistency\"");

    [Clause("FL-12")]
    public static Claim EqualEffects { get; } = new(
        "FL-12",
        "What a domain sees after a step depends on nothing but what it, and the domain for which the step acts, saw before.",
        $"{Rushby}, \"weak step consistency\"");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Claim> All { get; } = [LocalRespect, EqualAnswers, EqualEffects];

    /// <summary>The claim that a query belongs to.</summary>
    /// <param name="query">"FL-10.Free"</param>
    public static Claim Of(string query) => All.First(c => query == c.Id || query.StartsWith($"{c.Id}.", StringComparison.Ordinal));
}
