using System.Globalization;
using Model;

namespace Checking.Tests.Refinement;

/// <summary>Every request from every state that requests lead to, on machines of a few frames.</summary>
/// <remarks>
/// Where a scope is too large for every build, the states nearest to boot are taken; RINGFENCE_REFINEMENT_STATES sets how many
/// (0: all of them; minutes).
/// </remarks>
public sealed class ExhaustiveTests
{
    private const int Nearest = 1000;

    [Theory, Clause("R-2")]
    [InlineData(About.Tables, 2, 1, null)]
    [InlineData(About.Pages, 2, 1, null)]
    [InlineData(About.Modes, 2, 1, null)]
    [InlineData(About.Tables, 2, 2, 0)]
    [InlineData(About.Tables, 3, 1, null)]
    internal void Every_request_from_every_state_is_made_of_steps_and_undone_when_refused(About about, int frames, int slots, int? xenSlot)
    {
        SmallScope scope = new(about, frames, slots, xenSlot);
        ReplayedMachine boot = scope.Boot();
        HashSet<string> seen = [boot.Key];
        Queue<ReplayedMachine> open = new([boot]);
        int most = Setting("RINGFENCE_REFINEMENT_STATES", frames * slots > 2 ? Nearest : 0), expanded = 0;
        long requests = 0, steps = 0;

        while ((most == 0 || expanded < most) && open.TryDequeue(out ReplayedMachine? at))
        {
            expanded++;
            ReplayedMachine next = at.Copy();
            foreach (Request request in scope.Requests)
            {
                next.Perform(request);
                requests++;
                if (next.StepsReplayed == 0) continue;

                steps += next.StepsReplayed;
                if (seen.Add(next.Key) && (most == 0 || seen.Count <= most)) open.Enqueue(next);
                next = at.Copy();
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{about} {frames} x {slots}: {expanded} states, {requests} requests, {steps} steps");
        Assert.True(steps > 1000, $"{steps} steps");
    }

    /// <summary>A number from the environment.</summary>
    internal static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
