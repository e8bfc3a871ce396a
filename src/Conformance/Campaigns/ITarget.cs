using Conformance.Scripts;

namespace Conformance.Campaigns;

/// <summary>Something that plays scripts beside the model.</summary>
public interface ITarget : IDisposable
{
    /// <summary>"simulator" or "xen 4.17".</summary>
    string Name { get; }

    /// <summary>
    /// Plays scripts, each on a fresh stage and in the order given, and says of each how it went. A target takes as many at a time as suits it,
    /// and none before its result is asked for.
    /// </summary>
    IEnumerable<CaseResult> Run(IEnumerable<Script> scripts);
}

/// <summary>How an act came out.</summary>
public enum StepKind : byte
{
    /// <summary>A rule kept it from being carried out (it would have taken the program's own memory away, or is not for this target).</summary>
    LeftOut,

    /// <summary>A hypercall answered: RAX.</summary>
    Answered,

    /// <summary>An access or an instruction went through; the value is what it left in RAX.</summary>
    Done,

    /// <summary>It raised an exception: the vector above bit 32, the error code below.</summary>
    Trapped,

    /// <summary>The domain ended.</summary>
    Crashed,
}

/// <summary>What an act came to.</summary>
public readonly record struct StepResult(StepKind Kind, long Value)
{
    public override string ToString() => Kind switch
    {
        StepKind.LeftOut => "left out",
        StepKind.Answered => $"= {Value}",
        StepKind.Trapped => $"trap {Value >> 32} ({Value & 0xffff_ffff:x})",
        StepKind.Crashed => "the domain crashed",
        _ => "done",
    };
}

/// <summary>What a difference means for isolation.</summary>
public enum FailureClass
{
    /// <summary>The target allows what the model forbids, or breaks an invariant: a hole.</summary>
    Laxer,

    /// <summary>The target refuses what the model allows.</summary>
    Stricter,

    /// <summary>Both answer alike and are in different states afterwards.</summary>
    StateDiffers,

    /// <summary>The target crashed, hung, or flooded its console.</summary>
    Crash,

    /// <summary>The model says nothing of it, and two targets differ.</summary>
    Unspecified,
}

/// <summary>The first difference of a script, which ends it.</summary>
/// <param name="Class">what it means</param>
/// <param name="Step">the act at which it showed, from 0</param>
/// <param name="Claim">the invariant that is broken, or the clause that decides the model's answer; "R-1" where there is neither</param>
/// <param name="Says">the claim in the words of the specification</param>
/// <param name="Expected">what the model says</param>
/// <param name="Got">what the target does</param>
/// <param name="Witness">what shows that the invariant is broken; null if it is no invariant</param>
public sealed record Failure(FailureClass Class, int Step, string Claim, string Says, string Expected, string Got, string? Witness = null)
{
    /// <summary>The target carries out a request that the model refuses: the request is all that it takes.</summary>
    public bool IsGranted { get; init; }
}

/// <summary>How a script went.</summary>
/// <param name="Steps">of each act that had its turn, what it came to on the target</param>
/// <param name="Failure">null: model and target agree throughout</param>
public sealed record CaseResult(Script Script, IReadOnlyList<StepResult> Steps, Failure? Failure);
