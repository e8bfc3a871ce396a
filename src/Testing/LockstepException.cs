using Conformance.Campaigns;
using Conformance.Scripts;

namespace Testing;

/// <summary>A script at which hypervisor and model part, or at which something said of every moment is false.</summary>
public sealed class LockstepException : Exception, IAssertionException
{
    private LockstepException(string message, CaseResult result, Exception? cause)
        : base(message, cause) => Result = result;

    /// <summary>The script and how it went.</summary>
    public CaseResult Result { get; }

    /// <summary>Alike for failures that are told as one: class and claim, or what the user's own property threw.</summary>
    internal string Kind => InnerException is { } cause ? $"{cause.GetType()}" : $"{Result.Failure!.Class} {Result.Failure.Claim}";

    internal static LockstepException Of(CaseResult result, int step, Exception cause) =>
        new($"{At(result, step)}\n{cause.Message}", result, cause);

    internal static LockstepException Of(CaseResult result, Failure failure)
    {
        string witness = failure.Witness is { } seen ? $"\n  {seen}" : "";
        return new(
            $"{At(result, failure.Step)}\n{failure.Class}: {failure.Claim} {failure.Says}\n  model:      {failure.Expected}\n  hypervisor: {failure.Got}{witness}",
            result,
            cause: null);
    }

    private static string At(CaseResult result, int step)
    {
        if (step < 0) return "before the first act:";
        string came = step < result.Steps.Count ? $" {result.Steps[step]}" : "";
        return $"after act {step + 1} of {result.Script.Acts.Count}: {ScriptText.Write(result.Script.Acts[step])}{came}";
    }
}
