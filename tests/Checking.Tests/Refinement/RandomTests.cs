using Model;
using Model.Domains.Concrete;
using Model.Faults;

namespace Checking.Tests.Refinement;

/// <summary>Random sequences of requests by two domains: each request is made of steps, and undone when it is refused.</summary>
/// <remarks>RINGFENCE_REFINEMENT_SEQUENCES sets how many there are, for a longer run; a sequence depends on its number alone.</remarks>
public sealed class RandomTests
{
    private const int Length = 12;

    [Fact, Clause("R-2"), Clause("I-REF"), Clause("I-TCOUNT"), Clause("I-BRC")]
    public void Every_sequence_is_made_of_steps_and_undone_when_refused()
    {
        int sequences = ExhaustiveTests.Setting("RINGFENCE_REFINEMENT_SEQUENCES", 20_000);
        long requests = 0, refused = 0, partly = 0, steps = 0;
        HashSet<string> taken = [];

        for (int seed = 0; seed < sequences; seed++)
        {
            RandomScript script = new(seed);
            script.On.Replayed = step => taken.Add(step);
            for (int k = 0; k < Length; k++)
            {
                if (Next(script, seed, k) is not { } answer) continue;

                requests++;
                if (!answer.IsSuccess) refused++;
                if (!answer.IsSuccess && answer.Done > 0) partly++;
            }

            steps += script.On.StepsReplayed;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{sequences} sequences, {requests} requests, {refused} refused, {partly} of them after an element succeeded, {steps} steps");
        Assert.Empty(AllSteps.Except(taken).Except(["Share", "FillSuperpage"]).Except(["Pause", "Resume", "ResumeDevalidate"])); // No request here is interrupted.
        Assert.True(refused > sequences && partly > sequences / 100, $"{refused} refused, {partly} in part");
    }

    /// <summary>The check can fail: what a mistake makes of a machine is no longer what its steps make of it.</summary>
    [Theory, Clause("R-2")]
    [InlineData("kept-reference", "not undone")]
    [InlineData("leaked-reference", "the state is not what the steps make of it")]
    [InlineData("no-owner-check", "is refused when it is taken again")]
    [InlineData("leaked-type-reference", "the state is not what the steps make of it")]
    public void A_mistake_is_found(string fault, string says)
    {
        string? found = null;
        for (int seed = 0; seed < 500 && found is null; seed++)
        {
            try
            {
                RandomScript script = new(seed, Fault.Find(fault));
                for (int k = 0; k < Length; k++) script.Next();
            }
            catch (Xunit.Sdk.FailException failure)
            {
                found = failure.Message;
            }
            catch (InvalidOperationException)
            {
                // The program gave up: the mistake was noticed, though not by the replay.
            }
        }

        Assert.Contains(says, found, StringComparison.Ordinal);
    }

    private static IEnumerable<string> AllSteps =>
        typeof(ConcreteSteps).GetMethods()
            .Where(m => m.DeclaringType == typeof(ConcreteSteps) && m.ReturnType == typeof(Truth) && m.Name != nameof(ConcreteSteps.Admits))
            .Select(m => m.Name);

    private static Answer? Next(RandomScript script, int seed, int k)
    {
        try
        {
            return script.Next();
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"sequence {seed}, at {k}: {error.Message}", error);
        }
    }
}
