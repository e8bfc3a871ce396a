using Checking.Exploration;
using Checking.PageTypes;

namespace Checking.Tests.PageTypes;

/// <summary>Breadth-first search as one would write it first: a set of states and a list for each level. The explorer must agree with it.</summary>
/// <param name="Levels">states on the longest of the shortest paths: one more than transitions</param>
/// <param name="ViolatedAt">the first level, from 1, on which an invariant is broken; it is the last</param>
internal sealed record PlainSearch(long States, long FullStates, long Transitions, int Levels, ulong Violated, ulong Reached, int? ViolatedAt)
{
    /// <param name="symmetry">keep one state of each orbit</param>
    public static unsafe PlainSearch Of(PageTypesSizes sizes, bool symmetry = false)
    {
        PageTypesModel model = new(sizes);
        using PageTypesExpander worker = model.NewWorker();
        int words = (model.StateBits + 63) / 64;
        Collected sink = new(words, symmetry ? worker : null);
        worker.Begin(ref sink);

        int levels = 0;
        ulong violated = 0, reached = 0;
        int? violatedAt = null;
        while (violatedAt is null && sink.HasMore)
        {
            levels++;
            List<State> level = sink.TakeLevel();
            foreach (State state in level)
            {
                fixed (ulong* at = state.Words)
                {
                    worker.Check(at, out ulong wrong, out ulong spoken);
                    violated |= wrong;
                    reached |= spoken;
                    if (wrong == 0) worker.Expand(at, ref sink);
                }
            }

            if (violated != 0) violatedAt = levels;
        }

        return new(sink.States, sink.FullStates, sink.Transitions, levels, violated, reached, violatedAt);
    }

    /// <summary>The words of a state, compared one by one.</summary>
    internal sealed record State(ulong[] Words)
    {
        public bool Equals(State? other) => other is not null && Words.AsSpan().SequenceEqual(other.Words);

        public override int GetHashCode() => Words.Aggregate(17, (hash, word) => (hash * 31) + word.GetHashCode());
    }

    private unsafe struct Collected(int words, PageTypesExpander? symmetry) : ISink
    {
        private readonly HashSet<State> _seen = [];
        private readonly List<State> _next = [];
        private long _added;

        public long FullStates { get; private set; }

        public readonly long States => _seen.Count;

        /// <summary>The first state is no transition.</summary>
        public readonly long Transitions => _added - 1;

        public readonly bool HasMore => _next.Count > 0;

        public readonly List<State> TakeLevel()
        {
            List<State> level = [.. _next];
            _next.Clear();
            return level;
        }

        public void Add(ulong* successor, int action)
        {
            _added++;
            State state = new(new Span<ulong>(successor, words).ToArray());
            long orbit = 1;
            if (symmetry is { } worker)
            {
                fixed (ulong* at = state.Words) orbit = worker.Canonicalize(at);
            }

            if (!_seen.Add(state)) return;

            FullStates += orbit;
            _next.Add(state);
        }

        public readonly void Note(int action) => throw new InvalidOperationException("nothing is refused in this model");
    }
}
