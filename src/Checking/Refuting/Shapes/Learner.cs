using Checking.Memory;
using Model;

namespace Checking.Refuting.Shapes;

/// <summary>Learns the shapes of requests from requests that are performed, in states that requests lead to.</summary>
/// <remarks>
/// What a hypercall does step by step is said in one place, its program, which reads real states. So its shapes are not
/// written down a second time; programs are run, and what they did is kept.
/// </remarks>
internal sealed class Learner(MemoryScope scope, int mostSteps)
{
    /// <summary>Sightings of one sequence by one kind of request that are looked at closely.</summary>
    private const int Samples = 4;

    private readonly Recorder _recorder = new(scope);
    private readonly SortedDictionary<string, Dictionary<string, List<Sighting>>> _seen = new(StringComparer.Ordinal);
    private readonly List<Machine> _promising = [];

    /// <summary>Sequences with more steps than are kept.</summary>
    public HashSet<string> TooLong { get; } = [];

    /// <summary>What was learned, and what guests do without asking.</summary>
    public IReadOnlyList<Shape> Shapes => [.. _seen.Values.Select(s => Shape.Of([.. s.Values.SelectMany(x => x)])), .. UnaskedShapes.All];

    /// <summary>What the flags of entries may be: those that requests offer.</summary>
    public IReadOnlyCollection<int> Flags =>
        [.. scope.Requests.SelectMany(RequestArguments.Of).Where(a => a.Kind == Kind.Flags).Select(a => a.Value).Distinct().Order()];

    /// <summary>Walks at random from the boot state and from wherever something new was seen, and looks at every request on the way.</summary>
    public void Walk(int walks, int length, Random random)
    {
        if (_promising.Count == 0) _promising.Add(scope.Boot());
        for (int walk = 0; walk < walks; walk++)
        {
            Machine? at = _promising[random.Next(_promising.Count)];
            for (int i = 0; i < length && at is not null; i++) at = Look(at, random);
        }
    }

    /// <summary>Looks at every request in a state.</summary>
    /// <returns>where one of those that change it leads</returns>
    private Machine? Look(Machine at, Random random)
    {
        Machine next = at.Under(scope.Shape);
        List<MemoryRequest> moves = [];
        foreach (MemoryRequest request in scope.Requests)
        {
            IReadOnlyList<string> names = _recorder.Names(next, request, out bool gaveUp);
            bool isMove = !gaveUp && (names.Count > 0 || request is not Hypercall { Request: not SwitchMode });
            if (isMove) moves.Add(request);
            if (isMove && names.Count > 0) Keep(at, next, request, names);
            if (isMove || names.Count > 0) next = at.Under(scope.Shape);
        }

        if (moves.Count == 0) return null;

        IGrouping<string, MemoryRequest>[] kinds = [.. moves.GroupBy(RequestArguments.Kind)];
        IGrouping<string, MemoryRequest> kind = kinds[random.Next(kinds.Length)];
        return scope.Attempt(kind.ElementAt(random.Next(kind.Count())), next, out _) is null ? null : next;
    }

    private void Keep(Machine at, Machine after, MemoryRequest request, IReadOnlyList<string> names)
    {
        string key = string.Join(' ', names), kind = RequestArguments.Kind(request);
        if (names.Count > mostSteps)
        {
            TooLong.Add(key);
            return;
        }

        if (!_seen.TryGetValue(key, out var kinds))
        {
            _seen[key] = kinds = [];
            _promising.Add(after);
        }

        if (!kinds.TryGetValue(kind, out var sightings)) kinds[kind] = sightings = [];
        if (sightings.Count < Samples) sightings.Add(new(kind, RequestArguments.Of(request), _recorder.Steps(at, request)));
    }
}
