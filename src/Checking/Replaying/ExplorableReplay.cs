using System.Numerics;
using Checking.Exploration;

namespace Checking.Replaying;

/// <summary>Follows a trace through a model that only the explorer knows: among what can follow a state, the one that the trace names.</summary>
public static class ExplorableReplay
{
    /// <param name="steps">the first is the state in which the trace begins</param>
    /// <returns>as many steps as can be taken; the last is without <see cref="ReplayedStep.Done"/> if it cannot</returns>
    /// <exception cref="InvalidDataException">the trace begins in no first state of the model; the message is one sentence</exception>
    public static IReadOnlyList<ReplayedStep> Run<TWorker>(IExplorable<TWorker> model, IReadOnlyList<RecordedStep> steps) where TWorker : struct, IExpander
    {
        using TWorker worker = model.NewWorker();
        Follower<TWorker> follower = new(model, worker);
        List<ReplayedStep> done = [follower.Begin(steps[0])];
        foreach (RecordedStep step in steps.Skip(1))
        {
            done.Add(follower.Take(step));
            if (done[^1].Done is null) break;
        }

        return done;
    }

    private sealed class Follower<TWorker>(IExplorable<TWorker> model, TWorker worker) where TWorker : struct, IExpander
    {
        private ulong[] _at = [];

        private int Words => (model.StateBits + 63) / 64;

        public unsafe ReplayedStep Begin(RecordedStep step)
        {
            List<ulong[]> firsts = [];
            Recorder recorder = new(Words, firsts);
            worker.Begin(ref recorder);
            _at = firsts.FirstOrDefault(s => Recorded.Differences(step.Facts, model.Facts(s)).Count == 0)
                ?? throw new InvalidDataException("it begins in no first state of its scope.");
            return Reached(step, "");
        }

        public unsafe ReplayedStep Take(RecordedStep step)
        {
            List<ulong[]> successors = [];
            Recorder recorder = new(Words, successors);
            fixed (ulong* state = _at) worker.Expand(state, ref recorder);

            // Of two steps that go by one name the one that leads where the trace says is meant.
            ulong[]? next = successors.Concat(successors.Select(Canonical))
                .Where(s => model.Describe(_at, s) == step.Action)
                .MinBy(s => Recorded.Differences(step.Facts, model.Facts(s)).Count);
            if (next is null) return new(step, null, [], []);

            _at = next;
            return Reached(step, step.Action);
        }

        private unsafe ulong[] Canonical(ulong[] state)
        {
            ulong[] least = [.. state];
            fixed (ulong* words = least) worker.Canonicalize(words);
            return least;
        }

        private unsafe ReplayedStep Reached(RecordedStep step, string done)
        {
            ulong violated;
            fixed (ulong* state = _at) worker.Check(state, out violated, out _);
            List<(string, string, string)> broken = [];
            for (ulong rest = violated; rest != 0; rest &= rest - 1)
            {
                int property = BitOperations.TrailingZeroCount(rest);
                broken.Add((model.Properties[property].Id, model.Properties[property].Says, model.Violation(property, _at)));
            }

            return new(step, done, Recorded.Differences(step.Facts, model.Facts(_at)), broken);
        }
    }

    /// <summary>Keeps states as they come.</summary>
    private readonly unsafe struct Recorder(int words, List<ulong[]> found) : ISink
    {
        public void Add(ulong* successor, int action) => found.Add(new Span<ulong>(successor, words).ToArray());

        public void Note(int action)
        {
            // The state stays as it is: there is nothing to follow.
        }
    }
}
