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

    /// <summary>Of 64-bit guests, and of a 32-bit guest beside one.</summary>
    [Theory, Clause("R-1"), Clause("PT-25")]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_invariant_holds_after_every_micro_step(bool isMixed)
    {
        for (int seed = 0; seed < Sequences / 4; seed++)
        {
            Script script = new(seed, isMixed ? Script.Mixed : null);
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

    /// <summary>The sequences are no idle talk: between them they take every step, and get into the corners that invariants speak of.</summary>
    [Fact, Clause("R-1"), Clause("TLB-1"), Clause("TLB-4"), Clause("TLB-5"), Clause("PT-13"), Clause("FR-4")]
    public void Every_micro_step_is_taken_and_no_invariant_is_vacuous()
    {
        HashSet<Step> steps = [Step.Load];
        HashSet<string> corners = [];
        for (int seed = 0; seed < Sequences; seed++)
        {
            Script script = new(seed);
            Machine m = script.Machine;
            m.StepTaken = step =>
            {
                steps.Add(step);
                if (step == Step.Begin) Note(corners, m, "before the flush");
            };
            for (int i = 0; i < Length; i++)
            {
                script.Next();
                if (script.Last.EndsWith(": True", StringComparison.Ordinal)) steps.Add(script.Last.Contains("walks", StringComparison.Ordinal) ? Step.Fill : Step.Store);
                Note(corners, m, "between requests");
            }
        }

        foreach (int seed in Enumerable.Range(0, Sequences / 4))
        {
            Script script = new(seed);
            script.Machine.StepTaken = step => steps.Add(step);
            for (int i = 0; i < Length; i++) script.NextRace();
        }

        Step[] never = [.. Enum.GetValues<Step>().Except(steps).Except([Step.Share, Step.FillSuperpage, Step.EnterKernel, Step.EnterUser])];
        Assert.True(never.Length == 0, $"never taken: {string.Join(", ", never)}");
        Assert.Superset(
            new HashSet<string>
            {
                "between requests: writable translation cached", "before the flush: stale and cached writable", "between requests: sibling linear",
                "between requests: own linear", "between requests: given back and still held", "between requests: user root", "between requests: descriptors",
            },
            corners);
    }

    private static void Note(HashSet<string> corners, Machine m, string when)
    {
        for (int f = 0; f < Script.Frames; f++)
        {
            bool writable = m.IsCached(Worlds.V0, new((ulong)f), writable: true);
            if (writable) corners.Add($"{when}: writable translation cached");
            if (writable && m.State.Stale[f]) corners.Add($"{when}: stale and cached writable");
            if (!m.State.Linear.Empty(f, null, null)) corners.Add($"{when}: sibling linear");
            if (m.State.Owner[f].Value < 3 && !m.State.Allocated[f]) corners.Add($"{when}: given back and still held");
            if (!m.State.UserBase.Empty(null, f)) corners.Add($"{when}: user root");
            if (!m.State.Descriptors.Empty(null, null, f)) corners.Add($"{when}: descriptors");
            for (int slot = 0; slot < Script.Slots; slot++)
            {
                if (m.State.Audited[f, slot] && m.State.Entry[f, slot, f] && m.View(new((ulong)f)).Type != PageType.L1) corners.Add($"{when}: own linear");
            }
        }
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
