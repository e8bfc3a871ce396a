using Conformance.Runs;

namespace Conformance.Tests;

/// <summary>Hypercalls that no sane guest makes: hypervisor and model must refuse, do and undo alike.</summary>
public sealed class HostileGuestTests(ITestOutputHelper output)
{
    private const int Seeds = 25;

    [Theory]
    [InlineData("tablestorm", "")]
    [InlineData("soak", "tables")]
    [InlineData("soak32", "tables")]
    public void Whatever_a_hostile_guest_asks_hypervisor_and_model_stay_in_step(string guest, string arguments)
    {
        byte[] image = File.ReadAllBytes(Guests.Image(guest));
        ulong hypercalls = 0, updates = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            RunOutcome outcome = GuestRun.Execute(new()
            {
                Image = image,
                ImageName = guest,
                MemoryPages = 1536,
                CommandLine = $"{arguments} seed={seed}",
                Seed = seed,
                Limit = 2_000_000,
            });

            Assert.True(outcome.Verdict == Verdict.Holds, $"seed {seed}: {outcome.Finding}");
            hypercalls += outcome.Counts.Hypercalls;
            updates += outcome.Counts.EntryUpdates;
        }

        output.WriteLine($"{hypercalls} hypercalls and {updates} entry updates compared");
        Assert.True(hypercalls > 100_000 && updates > 50_000);
    }
}
