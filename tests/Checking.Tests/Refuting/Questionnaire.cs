using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Tests.Refuting;

/// <summary>A state and words of which everything is left open, to be filled in.</summary>
internal sealed class Questionnaire(Universe universe, int[] domains, int mostCounted)
{
    private readonly Graph _graph = new();
    private readonly Dictionary<int, Func<ConcreteState, bool>> _asked = [];

    public OpenState State(Course course) => new(
        course,
        (name, sorts) => OpenState.Blank(course, universe, sorts).Fill((i, j, k) =>
            Ask(s => OpenState.Has(OpenState.Concrete<Facts>(s, name), sorts.Length, i, j, k))),
        (name, from, to) => [.. Enumerable.Range(0, universe.Size(from)).Select(at => new FiniteWord(
            [.. Values(to).Select(value => (value, Ask(s => OpenState.Concrete<Function>(s, name)[at].Value == value)))]))]);

    public FiniteWord Word(Kind kind) => new([.. RandomStates.Values(kind, universe, domains).Select(v => (v, _graph.Input()))]);

    public bool[] Evaluate(ConcreteState state, FiniteWord[] words, int[] arguments)
    {
        Dictionary<int, bool> chosen = [];
        for (int i = 0; i < words.Length; i++)
        {
            foreach ((int value, Formula when) in words[i].Cases) chosen[when.Literal >> 1] = value == arguments[i];
        }

        return _graph.Evaluate(node => _asked.TryGetValue(node, out var ask) ? ask(state) : chosen[node]);
    }

    /// <summary>A state and words for which the formula holds, as the solver fills them in.</summary>
    public (ConcreteState State, int[] Words)? Solve(Formula formula, OpenState open, FiniteWord[] words, CancellationToken cancel)
    {
        using Satisfier satisfier = new(_graph);
        foreach (FiniteWord word in open.Maps.SelectMany(m => m).Concat(words)) satisfier.Require(Choice.ExactlyOne(word));
        foreach (Formula[] slot in open.Relations.Where(r => r.Rows * r.Columns < r.Points.Length).SelectMany(r => r.Points.ToArray().Chunk(universe.Frames))) satisfier.Require(Choice.AtMostOne(slot));
        if (satisfier.Check(formula, cancel) != true) return null;

        bool[] values = satisfier.Solution();
        return (Concrete(open.Under(values)), [.. words.Select(w => w.Cases.ToArray().First(c => Graph.IsTrue(values, c.When.Literal)).Value)]);
    }

    private ConcreteState Concrete(OpenState filled)
    {
        int relation = 0, map = 0;
        return new(
            (name, sorts) =>
            {
                Facts facts = RandomStates.Blank<Facts>(universe, name);
                Cells cells = filled.Relations[relation++];
                Formula[] points = cells.Points.ToArray();
                int at = 0;
                cells.Fill((i, j, k) =>
                {
                    if (points[at].Always) Assign(facts, sorts.Length, i, j, k);
                    return points[at++];
                });
                return facts;
            },
            (name, _, _) =>
            {
                Function function = RandomStates.Blank<Function>(universe, name);
                foreach ((int at, FiniteWord word) in filled.Maps[map++].Index()) function.Assign(true, at, word.Cases[0].Value);
                return function;
            });
    }

    private static void Assign(Facts facts, int columns, int i, int j, int k)
    {
        if (columns == 1) facts.Assign(true, true, i);
        else if (columns == 2) facts.Assign(true, true, i, j);
        else facts.Assign(true, true, i, j, k);
    }

    private IEnumerable<int> Values(Sort sort) => sort switch
    {
        Sort.Domain => domains,
        Sort.Type => RandomStates.Values(Kind.Type, universe, domains),
        _ => Enumerable.Range(0, mostCounted + 1),
    };

    private Formula Ask(Func<ConcreteState, bool> question)
    {
        Formula input = _graph.Input();
        _asked[input.Literal >> 1] = question;
        return input;
    }
}
