namespace Checking.Refuting.Finite;

/// <summary>One out of several.</summary>
internal static class Choice
{
    public static Formula ExactlyOne(FiniteWord word) => ExactlyOne([.. word.Cases.ToArray().Select(c => c.When)]);

    public static Formula ExactlyOne(IReadOnlyList<Formula> all) => AtMostOne(all) & all.Aggregate(Formula.Of(false), (a, b) => a | b);

    public static Formula AtMostOne(IReadOnlyList<Formula> all)
    {
        Formula some = Formula.Of(false), two = Formula.Of(false);
        foreach (Formula each in all)
        {
            two |= some & each;
            some |= each;
        }

        return !two;
    }
}
