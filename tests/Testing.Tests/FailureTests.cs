using System.Reflection;
using FsCheck;

namespace Testing.Tests;

/// <summary>What a property tells that does not hold: the shrunk case, then the reason, then how to play it again.</summary>
public class FailureTests
{
    private static MethodInfo Method(string name) => typeof(Falsified).GetMethod(name)!;

    private static PropertyFailedException Fail(string name, PropertySettings? settings = null) =>
        Assert.Throws<PropertyFailedException>(() => new PropertyRun(Method(name), null, settings ?? new()).Check());

    private static string Replay(PropertyFailedException failure) =>
        failure.Message.Split("RINGFENCE_REPLAY=")[1].Split(' ')[0];

    [Theory]
    [InlineData(nameof(Falsified.Every_number_is_small), "number = 42\n\n42 is not small\n\ncase ")]
    [InlineData(nameof(Falsified.Every_list_is_short), "name = \"a\"\nnumbers = [0, 0, 0]\n\nExpected true, got false.\n\ncase ")]
    [InlineData(nameof(Falsified.Every_number_is_even), "number = 1\n\neven: Expected true, got false.\n\ncase ")]
    [InlineData(nameof(Falsified.A_task_may_fail), "number = 6\n\nInvalidOperationException: 6 is too much\n\ncase ")]
    [InlineData(nameof(Falsified.A_task_may_be_false), "number = 6\n\nExpected true, got false.\n\ncase ")]
    public void The_shrunk_case_comes_first_then_the_reason(string property, string begins)
    {
        string message = Fail(property, new() { MaxTest = 1000 }).Message;
        Assert.StartsWith(begins, message);
        Assert.Contains("\nreplay: RINGFENCE_REPLAY=", message);
        Assert.EndsWith($"--filter-method Testing.Tests.Falsified.{property}", message);
    }

    [Fact]
    public void The_stack_is_that_of_the_property_alone()
    {
        string trace = Fail(nameof(Falsified.Every_number_is_small)).StackTrace!;
        Assert.Contains("Falsified.Every_number_is_small", trace);
        Assert.DoesNotContain("System.Reflection", trace);
    }

    [Fact]
    public void A_replay_plays_just_the_failing_case_again()
    {
        PropertyFailedException failure = Fail(nameof(Falsified.Every_number_is_small));
        PropertyFailedException again = Fail(nameof(Falsified.Every_number_is_small), new() { Replay = ReplayKey.Parse(Replay(failure)) });

        Assert.Equal(Replay(failure), Replay(again));
        Assert.Contains("case 1,", again.Message);
    }

    [Fact]
    public void The_same_seed_gives_the_same_failure()
    {
        PropertySettings settings = new() { Replay = ReplayKey.Parse("7") };
        Assert.Equal(Fail(nameof(Falsified.Every_list_is_short), settings).Message, Fail(nameof(Falsified.Every_list_is_short), settings).Message);
    }

    [Fact]
    public void Shrinking_does_not_slip_to_another_reason() =>
        Assert.StartsWith("number = 21\n\n21 is large\n", Fail(nameof(Falsified.There_are_two_reasons), new() { MaxTest = 1000, Replay = ReplayKey.Parse("1") }).Message);

    [Fact]
    public void A_property_whose_condition_no_case_meets_fails() =>
        Assert.Equal(
            "Only 0 of 100 cases met the condition of Testing.Tests.Falsified.No_case_meets_the_condition.",
            Fail(nameof(Falsified.No_case_meets_the_condition)).Message);

    [Fact]
    public void A_result_that_is_no_verdict_is_told() =>
        Assert.Contains("Falsified.Five returns System.Int32, which is no verdict", Fail(nameof(Falsified.Five)).Message);

    [Fact]
    public void A_case_that_skips_the_test_is_no_failure()
    {
        PropertyRun run = new(Method(nameof(Falsified.A_task_may_fail)), null, new());
        Assert.Throws<InvalidOperationException>(() => run.Check(isSkip: e => e is InvalidOperationException));
    }

    [Fact]
    public void A_run_that_is_stopped_is_no_failure()
    {
        PropertyRun run = new(Method(nameof(Falsified.Every_number_is_small)), null, new(), new CancellationToken(canceled: true));
        Assert.Throws<OperationCanceledException>(() => run.Check());
    }
}
