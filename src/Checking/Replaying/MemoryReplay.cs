using System.Text.RegularExpressions;
using Checking.Memory;
using Model;

namespace Checking.Replaying;

/// <summary>Does again, on the model, what a trace of the scope <c>memory</c> says was done.</summary>
public sealed class MemoryReplay
{
    /// <summary>A trace may be anybody's: no string of it makes a search of it long.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking;

    private static readonly Regex
        Answered = new(@"\s+= [^=]*$", Linear),
        Spaces = new(" {2,}", Linear);

    private readonly MemoryScope _scope;
    private readonly ILookup<string, MemoryRequest> _requests;
    private readonly Machine _machine;

    /// <param name="scope">the scope of the trace, with the fault to be made again if there is one</param>
    public MemoryReplay(MemoryScope scope)
    {
        _scope = scope;
        _requests = scope.Requests.ToLookup(r => Asked(r.Describe(scope, Answer.Success)));
        _machine = scope.Boot();
    }

    /// <summary>Is told each request before it is done, and the machine as it then is.</summary>
    public Action<MemoryRequest, Machine>? Doing { get; init; }

    /// <param name="steps">the first is the state at boot</param>
    /// <exception cref="InvalidDataException">a step is no request of the scope; the message is one sentence</exception>
    public IReadOnlyList<ReplayedStep> Run(IReadOnlyList<RecordedStep> steps)
    {
        List<ReplayedStep> done = [Reached(steps[0], "")];
        foreach (RecordedStep step in steps.Skip(1))
        {
            MemoryRequest request = Find(step.Action, done.Count);
            Doing?.Invoke(request, _machine);
            Answer? answer = _scope.Attempt(request, _machine, out bool gaveUp);
            string? told = answer is { } given ? request.Describe(_scope, given) : gaveUp ? $"{Asked(step.Action)}  (given up half-way)" : null;
            done.Add(Reached(step, told));
        }

        return done;
    }

    private ReplayedStep Reached(RecordedStep recorded, string? done) => new(
        recorded,
        done,
        Recorded.Differences(recorded.Facts, StateFacts.Of(_scope, _machine)),
        [.. _machine.CheckAll(_scope.Sizes.Grain == Grain.Hypercall).Select(v => (v.InvariantId, v.Says, v.Witness))]);

    private MemoryRequest Find(string action, int step) =>
        _requests[Asked(action)].FirstOrDefault() ?? throw new InvalidDataException($"step {step} is no request of the scope: '{action}'.");

    /// <summary>An action without its answer, single-spaced.</summary>
    private static string Asked(string action) => Spaces.Replace(Answered.Replace(action, ""), " ").Trim();
}
