using Conformance.Runs;

namespace Cli.Replay;

/// <summary>What came of a replay.</summary>
/// <param name="Kind">the verb that found the trace</param>
/// <param name="On">what it was replayed on</param>
/// <param name="Fault">the mistake that was made again; null for none</param>
/// <param name="Steps">step by step, the first step first</param>
/// <param name="Recorded">the verdict of the trace</param>
/// <param name="Now">the verdict of the replay</param>
internal sealed record ReplayOutcome(
    string Kind, string On, string? Fault, IReadOnlyList<ReplayStep> Steps, ReplayVerdict Recorded, ReplayVerdict Now)
{
    public int ExitCode => Now.Verdict switch
    {
        Verdict.Violated => Cli.ExitCode.Violated,
        Verdict.Diverged => Cli.ExitCode.Diverged,
        _ => Cli.ExitCode.Holds,
    };

    /// <summary>The same property breaks at the same step.</summary>
    public bool IsSameVerdict => (Now.Verdict, Now.Property, Now.Step) == (Recorded.Verdict, Recorded.Property, Recorded.Step);

    /// <summary>It does, and every step comes out as it did.</summary>
    public bool IsSame => IsSameVerdict && Steps.All(s => s.IsSame);
}

/// <summary>What is wrong, and where it shows.</summary>
/// <param name="Property">the clause that fails; null where none does</param>
/// <param name="Step">at which it shows, from 1; null where nothing does</param>
/// <param name="Class">of a trace of conform: what the difference means, as <c>laxer</c></param>
/// <param name="Witness">what breaks it, or how the two sides differ</param>
internal sealed record ReplayVerdict(Verdict Verdict, string? Property, string? Says, int? Step, string? Class, string? Witness)
{
    public static ReplayVerdict Holds { get; } = new(Verdict.Holds, null, null, null, null, null);
}

/// <summary>One step done again.</summary>
/// <param name="Action">what was done</param>
/// <param name="Recorded">what came of it in the trace; null where nothing is answered</param>
/// <param name="Now">what comes of it now; null where it did not have its turn</param>
/// <param name="Expected">the model's answer, where it differs from <paramref name="Now"/></param>
/// <param name="Differences">what else is not as in the trace, a sentence each</param>
internal sealed record ReplayStep(string Action, string? Recorded, string? Now, string? Expected, IReadOnlyList<string> Differences)
{
    public bool IsSame => Recorded == Now && Differences.Count == 0;
}
