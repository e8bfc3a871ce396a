using Checking.Memory;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Domains.Concrete;

namespace Checking.Refuting;

/// <summary>One search: attacks of one request, then of two, and so on.</summary>
internal sealed class Search
{
    /// <summary>Steps of a request at most: enough to validate a table of two entries and the tables in them.</summary>
    private const int MostSteps = 24;

    private const int Walks = 120, WalkLength = 6;

    private readonly MemoryScope _scope;
    private readonly RefutationRequest _request;
    private readonly Graph _graph = new();
    private readonly Learner _learner;
    private readonly Judge _judge;
    private readonly Universe _universe;

    public Search(MemoryScope scope, RefutationRequest request)
    {
        _scope = scope;
        _request = request;
        _universe = Unrolling.UniverseOf(scope);
        _learner = new(scope, MostSteps);
        string? about = request.Property ?? scope.Fault?.Breaks;
        _judge = new(_universe, counts: about is "I-REF" or "I-TCOUNT", leftovers: about is "I-BRC");
    }

    /// <summary>What the bounds leave out.</summary>
    public string Bounds { get; private set; } = "";

    public (Attack? Attack, int CompleteTo, bool IsStopped) Run(CancellationToken cancel)
    {
        _learner.Walk(Walks, WalkLength, new Random(1));
        IReadOnlyList<Shape> shapes = _learner.Shapes;
        Bounds = $"Requests that take one of {shapes.Count} sequences of at most {MostSteps} micro-steps, as learned from running the programs"
            + (_learner.TooLong.Count == 0 ? "" : $" ({_learner.TooLong.Count} longer ones were seen and left out)")
            + $"; steps that were not seen in any: {string.Join(", ", Unseen(shapes))}"
            + (IsPruned ? "; the last of them goes wrong where a sound step would not, since sound steps are proved to keep the invariants" : "")
            + Unjudged;

        Unrolling unrolling = new(_scope, shapes, _learner.Flags, _graph);
        Replay replay = new(_scope, _request.Property, _judge.JudgesCounts);
        using Satisfier satisfier = new(_graph);
        List<OpenRequest> earlier = [];
        OpenState state = OpenState.Of(_scope.Boot().State, _universe, new(), _judge.JudgesCounts);
        for (int depth = 1; depth <= _request.Depth; depth++)
        {
            if (cancel.IsCancellationRequested) return (null, depth - 1, true);

            _request.Progress?.Invoke(depth);
            OpenRequest any = unrolling.Next(state);
            OpenRequest last = any.Among(IsWorthBeingLast);
            Formula broken = last.Lawful & _judge.IsBroken(last, _request.Property);
            Formula suspect = IsPruned ? broken & last.IsWrong : broken;
            while (satisfier.Check(suspect, cancel) is var found)
            {
                if (found is null) return (null, depth - 1, true);
                if (found == false) break;

                bool[] values = satisfier.Solution();
                OpenRequest[] requests = [.. earlier, last];
                (Attack? attack, int done) = replay.Run([.. requests.Select(r => r.After.Under(values))]);
                if (attack is not null) return (attack, depth - 1, false);
                satisfier.Require(!requests.Take(done + 1).Aggregate(Formula.Of(true), (all, r) => all & r.IsAsIn(values)));
            }

            OpenRequest next = any.Among(c => !c.May.Never && !c.IsIdle);
            satisfier.Require(next.Lawful & next.IsAtRest & !_judge.IsBroken(next, _request.Property));
            earlier.Add(next);
            state = next.After;
        }

        return (null, _request.Depth, false);
    }

    /// <summary>A request that breaks what was whole changes something, and does something wrong where nothing else can break it.</summary>
    private bool IsWorthBeingLast(Candidate shape) =>
        !shape.May.Never && !(shape.IsIdle && !_judge.JudgesLeftovers) && !(IsPruned && shape.IsWrong.Never);

    /// <summary>
    /// With a mistake to find and any invariant to break, the last request must take a step that does what no sound step does:
    /// sound steps keep the invariants, which is proved for every size.
    /// </summary>
    private bool IsPruned => _scope.Fault is not null && _request.Property is null;

    /// <summary>The invariants that are judged only where they are asked for, as the end of a sentence.</summary>
    private string Unjudged =>
        (_judge.JudgesCounts ? "" : "; I-REF and I-TCOUNT, which cost more than all else together, are looked for where they are asked for")
        + (_judge.JudgesLeftovers ? "." : "; I-BRC is looked for where it is asked for.");

    /// <summary>Steps that no shape has: an attack that needs one is not found.</summary>
    private static IEnumerable<string> Unseen(IReadOnlyList<Shape> shapes) =>
        StepForm.All.Except(shapes.SelectMany(s => s.Steps)).Select(f => f.Name);
}
