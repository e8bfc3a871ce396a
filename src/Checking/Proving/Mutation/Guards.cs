using Checking.Proving.Unbounded;

namespace Checking.Proving.Mutation;

/// <summary>A guard with one of its conditions left out.</summary>
/// <param name="Condition">what was left out, as the model's text has it; where it is one side of a choice, the choice follows</param>
/// <param name="Rest">what is still asked</param>
internal sealed record Dropped(string Condition, Formula Rest);

/// <summary>The conditions that a guard is made of.</summary>
internal static class Guards
{
    /// <summary>Every condition of the guard, and of either side of a choice in it, left out one at a time; in the order of the text.</summary>
    public static IEnumerable<Dropped> Of(Formula may) => Of(may.Node, choice: null);

    /// <param name="choice">the choice that the node is a side of, if it is one</param>
    private static IEnumerable<Dropped> Of(Node node, Node? choice)
    {
        if (node is Binary { Join: Join.And } both)
        {
            foreach (Dropped d in Of(both.A, null)) yield return d with { Rest = d.Rest & new Formula(both.B), Condition = In(d.Condition, choice) };
            foreach (Dropped d in Of(both.B, null)) yield return d with { Rest = new Formula(both.A) & d.Rest, Condition = In(d.Condition, choice) };
            yield break;
        }

        if (Comparison.Of(node) is null && node is Binary { Join: Join.Or } either)
        {
            if (choice is null) yield return new(Wording.Of(node), Formula.Of(true));
            foreach (Dropped d in Of(either.A, choice ?? node)) yield return d with { Rest = d.Rest | new Formula(either.B) };
            foreach (Dropped d in Of(either.B, choice ?? node)) yield return d with { Rest = new Formula(either.A) | d.Rest };
            yield break;
        }

        // A side that is a single condition cannot go without the whole choice.
        if (choice is null && node is not Known) yield return new(Wording.Of(node), Formula.Of(true));
    }

    private static string In(string condition, Node? choice) => choice is null ? condition : $"{condition} in {Wording.Of(choice)}";
}
