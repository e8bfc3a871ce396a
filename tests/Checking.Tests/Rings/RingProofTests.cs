using Checking.Proving;
using Checking.Proving.Solving;
using Checking.Rings.Proving;
using Checking.Tests.Proving;
using Model;
using Model.Rings.Faults;

namespace Checking.Tests.Rings;

/// <summary>Ring protection is proved as it stands, and each re-made mistake breaks the proof at the steps that make it.</summary>
public sealed class RingProofTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private static readonly Lazy<Batch[]> s_sound = new(() => [.. RingProof.Batches(null)]);

    public static TheoryData<string> Faults => [.. RingFault.All.Select(f => f.Id)];

    [Fact, Clause("I-RSHAPE")]
    public void Everything_is_proved_and_every_step_is_possible()
    {
        using Desk desk = new(s_patience, CancellationToken.None);
        List<string> unproved = [], shut = [];
        foreach (Batch batch in RingProof.Batches(null))
        {
            Findings findings = desk.Ask(batch, () => { });
            unproved.AddRange(batch.Goals.Where((_, k) => findings.Goals[k] != Finding.Proved).Select(g => $"{batch.Step} {g.Name}"));
            if (findings.IsPossible != Finding.Proved) shut.Add(batch.Step);
        }

        Assert.Empty(unproved);
        Assert.Equal(RingProof.Shut.Keys.Order(), shut.Order());
    }

    /// <summary>What breaks at which step, and what is told of the first counterexample to the invariant that the mistake is about.</summary>
    [Theory, MemberData(nameof(Faults))]
    public void A_mistake_made_again_is_not_inductive(string id)
    {
        RingFault fault = RingFault.Find(id)!;
        using Desk desk = new(s_patience, CancellationToken.None);
        List<(Batch Batch, Goal Goal)> failing = [];
        foreach ((Batch batch, Batch sound) in RingProof.Batches(fault).Zip(s_sound.Value))
        {
            if (!batch.DoubtedUnless(sound).IsInDoubt) continue;

            Findings findings = desk.Ask(batch, () => { });
            failing.AddRange(batch.Goals.Where((_, k) => findings.Goals[k] == Finding.Refuted).Select(g => (batch, g)));
        }

        (Batch first, Goal broken) = failing.First(f => f.Goal.Invariant == fault.Breaks);
        Counterexample told = first.Explain(desk, broken)!;

        string blamed = string.Concat(failing.GroupBy(f => f.Batch.Step).Select(g => $"{g.Key}: {string.Join(", ", g.Select(f => f.Goal.Invariant).Distinct())}\n"));
        Golden.Check($"proved-{id}.txt", $"{blamed}\n{FaultTests.Text(broken.Invariant, told)}");
    }
}
