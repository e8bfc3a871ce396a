using FsCheck;
using FsCheck.Fluent;

namespace Testing.Tests;

/// <summary>Properties that do not hold, for tests of what is told of them.</summary>
public class Falsified
{
    public static void Every_number_is_small(int number) => Assert.True(number < 42, $"{number} is not small");

    public static bool Every_list_is_short(string name, int[] numbers) => numbers.Length < 3 || name.Length < 1;

    public static Property Every_number_is_even(int number) => (number % 2 == 0).Label("even");

    public static Property No_case_meets_the_condition(int number) => (number % 2 == 0).When(false);

    public static async Task A_task_may_fail(int number)
    {
        await Task.Yield();
        if (number > 5) throw new InvalidOperationException($"{number} is too much");
    }

    public static async Task<bool> A_task_may_be_false(int number)
    {
        await Task.Yield();
        return number <= 5;
    }

    public static void There_are_two_reasons(int number)
    {
        Assert.True(number <= 20, $"{number} is large");
        if (number == 20) throw new InvalidOperationException("20 is something else");
    }

    public static int Five(int number) => 5 + number;

    /// <summary>Run by a test, in a process of its own.</summary>
    [Property(Explicit = true)]
    public void No_list_has_four_numbers(int[] numbers) => Assert.NotEqual(4, Math.Min(4, numbers.Length));
}
