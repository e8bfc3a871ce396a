using Conformance.Runs;
using Conformance.Traps;

namespace Cli.Conform.Traps;

/// <summary>The answer of <c>ringfence conform traps --format json</c>; docs/conform-json.md describes it field by field.</summary>
internal sealed record TrapsAnswer
{
    public required string Verdict { get; init; }

    public required string Target { get; init; }

    public required IReadOnlyList<TrapsOfKind> Runs { get; init; }

    public required string Replay { get; init; }

    public static TrapsAnswer Of(TrapsArguments arguments, Verdict verdict, IReadOnlyList<TrapsOfKind> runs) =>
        new() { Verdict = AnswerJson.Name(verdict), Target = arguments.Target, Runs = runs, Replay = arguments.Again() };
}

/// <summary>What came of the runs of one guest.</summary>
/// <param name="Target">the hypervisor and the kind of guest</param>
/// <param name="Lines">what handlers saw, a line each, in the run that nothing ends</param>
/// <param name="Crashes">traps run that end the domain, of those that there are</param>
internal sealed record TrapsOfKind(string Target, int Lines, int Crashes, int AllCrashes, IReadOnlyList<TrapDifference> Differences);
