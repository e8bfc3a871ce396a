using FsCheck;
using FsCheck.Fluent;

namespace Testing.Tests;

/// <summary>Properties of every kind that hold.</summary>
public class PropertyTests
{
    private readonly HashSet<int> _seen = [];

    [Property]
    public bool Reversing_twice_changes_nothing(int[] numbers) => numbers.Reverse().Reverse().SequenceEqual(numbers);

    [Property]
    public void Sorting_leaves_the_length(string text, byte[] bytes)
    {
        Assert.Equal(text.Length, text.Order().Count());
        Assert.Equal(bytes.Length, bytes.Order().Count());
    }

    [Property]
    public async Task A_task_is_waited_for(int number)
    {
        await Task.Yield();
        Assert.Equal(number, -(-number));
    }

    [Property]
    public async Task<bool> The_value_of_a_task_counts(int number)
    {
        await Task.Yield();
        return number == -(-number);
    }

    [Property]
    public Property A_condition_is_heeded(int number) => (number != 0).Implies(() => 2L * number / number == 2);

    [Property(MaxTest = 500, EndSize = 10)]
    public void Cases_come_one_after_another_to_one_instance(int number)
    {
        _seen.Add(number);
        Assert.InRange(number, -10, 10);
    }

    [Property]
    public void Nothing_at_all_is_given()
    {
    }
}
