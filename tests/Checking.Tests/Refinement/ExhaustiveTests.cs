using Model;

namespace Checking.Tests.Refinement;

/// <summary>Every request from every state that requests lead to, on machines of a few frames.</summary>
public sealed class ExhaustiveTests
{
    [Theory, Clause("R-2")]
    [InlineData(2, 1, null)]
    [InlineData(2, 2, 0)]
    public void Every_request_from_every_state_is_made_of_steps_and_undone_when_refused(int frames, int slots, int? xenSlot)
    {
        SmallScope scope = new(frames, slots, xenSlot);
        ReplayedMachine boot = scope.Boot();
        HashSet<string> seen = [boot.Key];
        Queue<ReplayedMachine> open = new([boot]);
        long requests = 0, steps = 0;

        while (open.TryDequeue(out ReplayedMachine? at))
        {
            ReplayedMachine next = at.Copy();
            foreach (Request request in scope.Requests)
            {
                next.Perform(request);
                requests++;
                if (next.StepsReplayed == 0) continue;

                steps += next.StepsReplayed;
                if (seen.Add(next.Key)) open.Enqueue(next);
                next = at.Copy();
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Count} states, {requests} requests, {steps} steps");
    }
}
