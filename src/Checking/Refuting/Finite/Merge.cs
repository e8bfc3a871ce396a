namespace Checking.Refuting.Finite;

/// <summary>One state out of several, exactly one of which is chosen.</summary>
internal static class Merge
{
    /// <param name="before">what most of them have most in common with</param>
    public static OpenState Of(OpenState before, IReadOnlyList<(Formula Chosen, OpenState State)> states)
    {
        int relation = 0, map = 0;
        return new(
            before.Course,
            (_, _) =>
            {
                int r = relation++;
                return before.Relations[r].Copy().Each((at, common) => Of(common, states.Select(s => (s.Chosen, s.State.Relations[r].Points[at]))));
            },
            (_, _, _) =>
            {
                int m = map++;
                return [.. before.Maps[m].Select((common, at) => Of(common, [.. states.Select(s => (s.Chosen, s.State.Maps[m][at]))]))];
            });
    }

    private static Formula Of(Formula common, IEnumerable<(Formula Chosen, Formula Value)> all)
    {
        Dictionary<int, (Formula Chosen, Formula Value)> others = [];
        foreach ((Formula chosen, Formula value) in all)
        {
            if (value.Literal == common.Literal) continue;
            others[value.Literal] = (others.TryGetValue(value.Literal, out var other) ? other.Chosen | chosen : chosen, value);
        }

        Formula merged = Formula.Of(false), unchanged = Formula.Of(true);
        foreach ((Formula chosen, Formula value) in others.Values)
        {
            merged |= chosen & value;
            unchanged &= !chosen;
        }

        return merged | (unchanged & common);
    }

    private static FiniteWord Of(FiniteWord common, (Formula Chosen, FiniteWord Word)[] all)
    {
        if (all.All(w => w.Word.IsIdentical(common))) return common;

        SortedSet<int> values = [.. common.Cases.ToArray().Select(c => c.Value)];
        foreach ((_, FiniteWord word) in all) values.UnionWith(word.Cases.ToArray().Select(c => c.Value));
        return new([.. values.Select(v => (v, Of(common.Is(v), all.Select(w => (w.Chosen, w.Word.Is(v))))))]);
    }
}
