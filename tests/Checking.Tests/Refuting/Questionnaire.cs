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
