using System.Text;
using Model.Domains.Concrete;

namespace Model.Tests;

/// <summary>Random sequences: what must hold after every micro-step, after every request, and of every refusal.</summary>
public sealed class RandomTests
{
    private const int Sequences = 4000, Length = 60;

    [Fact, Clause("R-1")]
    public void Every_invariant_holds_after_every_request_and_counts_are_what_a_recount_finds()
    {
        int succeeded = 0, refused = 0;
        for (int seed = 0; seed < Sequences; seed++)
        {
            Script script = new(seed);
            for (int i = 0; i < Length; i++)
            {
                script.Machine.ClearTouched();
                if (script.Next() is { } answer) _ = answer.IsSuccess ? succeeded++ : refused++;

                IReadOnlyList<Violation> found = script.Machine.CheckAll();
                Assert.True(found.Count == 0, $"seed {seed}, step {i}, {script.Last}: {string.Join("; ", found)}");
            }
        }

        Assert.True(succeeded > Sequences && refused > Sequences, $"{succeeded} requests succeeded, {refused} were refused");
    }

    [Fact, Clause("R-1")]
    public void Every_invariant_holds_after_every_micro_step()
    {
        for (int seed = 0; seed < Sequences / 4; seed++)
        {
            Script script = new(seed);
            script.Machine.StepTaken = step =>
            {
                IReadOnlyList<Violation> found = script.Machine.CheckAll(betweenRequests: false);
                Assert.True(found.Count == 0, $"seed {seed}, {step} after {script.Last}: {string.Join("; ", found)}");
            };
            for (int i = 0; i < Length; i++) script.Next();
        }
    }

    [Fact, Clause("I-BRC")]
    public void A_refused_request_of_one_element_changes_nothing()
    {
        int refused = 0;
        for (int seed = 0; seed < Sequences / 4; seed++)
        {
            Script script = new(seed + 1_000_000);
            for (int i = 0; i < Length; i++)
            {
                string before = Snapshot(script.Machine);
                if (script.Next() is not { IsSuccess: false, Done: 0 }) continue;

                refused++;
                string after = Snapshot(script.Machine);
                Assert.True(before == after, $"seed {seed + 1_000_000}, step {i}, {script.Last}:\n{before}\n{after}");
            }
        }

        Assert.True(refused > 1000);
    }

    /// <summary>Who owns, holds and says what; not the types that nobody holds, nor what processors cache.</summary>
    private static string Snapshot(Machine m)
    {
        StringBuilder text = new();
        for (ulong f = 0; f < Script.Frames; f++)
        {
            FrameView view = m.View(new(f));
            text.Append(f).Append(' ').Append(view.Owner).Append(' ').Append(view.RefCount).Append(' ').Append(view.TypeCount);
            if (view.TypeCount > 0) text.Append(' ').Append(view);
            for (int slot = 0; slot < Script.Slots; slot++) text.Append(' ').Append(m.EntryOf(new(f), slot).Target.Value).Append(m.EntryOf(new(f), slot).IsWritable ? "w" : "");
            text.Append('\n');
        }

        return text.ToString();
    }
}
