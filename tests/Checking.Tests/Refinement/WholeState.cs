using System.Reflection;
using System.Text;
using Model.Domains.Concrete;
using Model.Domains;
using Model.Programs;
using Model;

namespace Checking.Tests.Refinement;

/// <summary>Every point of every relation and function of a state, so that two can be compared and one be remembered.</summary>
internal sealed class WholeState
{
    private static readonly IReadOnlyList<(string Name, Sort[] Of, Func<ConcreteState, Facts> In)> Relations;
    private static readonly IReadOnlyList<(string Name, Sort Of, Func<ConcreteState, Function> In)> Functions;

    private readonly (string Name, Func<ConcreteState, Facts> In, Point[] Points)[] _relations;
    private readonly (string Name, Func<ConcreteState, Function> In, int Size)[] _functions;

    /// <summary>The state tells its own parts, so that none is forgotten.</summary>
    static WholeState()
    {
        List<(string, Sort[], Func<ConcreteState, Facts>)> relations = [];
        List<(string, Sort, Func<ConcreteState, Function>)> functions = [];
        _ = new ConcreteState(
            (name, sorts) =>
            {
                relations.Add((name, sorts, Part<Facts>(name)));
                return default;
            },
            (name, from, _) =>
            {
                functions.Add((name, from, Part<Function>(name)));
                return default;
            });
        (Relations, Functions) = (relations, functions);
    }

    /// <param name="universe">how many words there are</param>
    public WholeState(Universe universe)
    {
        _functions = [.. Functions.Select(f => (f.Name, f.In, universe.Size(f.Of)))];
        _relations = [.. Relations.Select(r => (r.Name, r.In, Points(r.Of).ToArray()))];

        IEnumerable<Point> Points(Sort[] of) =>
            from a in Enumerable.Range(0, universe.Size(of[0]))
            from b in of.Length < 2 ? [Store.Any] : Enumerable.Range(0, universe.Size(of[1]))
            from c in of.Length < 3 ? [Store.Any] : Enumerable.Range(0, universe.Size(of[2])).Append(Contents.AllOnes)
            select new Point(a, b, c);
    }

    /// <summary>The names of all relations and functions.</summary>
    public static IEnumerable<string> Names => [.. Relations.Select(r => r.Name), .. Functions.Select(f => f.Name)];

    /// <summary>Where two states differ: "Owner 3: 1, 2".</summary>
    /// <param name="allowing">differences that do not count</param>
    public IEnumerable<string> Differences(ConcreteState one, ConcreteState other, Func<string, Point, bool>? allowing = null)
    {
        foreach (var (name, of, size) in _functions)
        {
            (Function a, Function b) = (of(one), of(other));
            for (int at = 0; at < size; at++)
            {
                if (a[at].Value != b[at].Value && allowing?.Invoke(name, new(at, Store.Any, Store.Any)) != true)
                    yield return $"{name} {at}: {a[at]}, {b[at]}";
            }
        }

        foreach (var (name, of, points) in _relations)
        {
            (Facts a, Facts b) = (of(one), of(other));
            foreach (Point at in points)
            {
                if (at.IsIn(a) != at.IsIn(b) && allowing?.Invoke(name, at) != true) yield return $"{name} {at}: {at.IsIn(a)}, {at.IsIn(b)}";
            }
        }
    }

    /// <summary>The state as a text: equal for equal states, and for no others.</summary>
    public string Key(ConcreteState state)
    {
        StringBuilder key = new();
        foreach (var (_, of, size) in _functions)
        {
            for (int at = 0; at < size; at++) key.Append((char)of(state)[at].Value);
        }

        foreach (var (_, of, points) in _relations)
        {
            Facts facts = of(state);
            for (int i = 0; i < points.Length;)
            {
                int bits = 0;
                for (int end = Math.Min(i + 15, points.Length); i < end; i++) bits = bits << 1 | (points[i].IsIn(facts) ? 1 : 0);
                key.Append((char)bits);
            }
        }

        return key.ToString();
    }

    private static Func<ConcreteState, T> Part<T>(string name) =>
        typeof(ConcreteState).GetProperty(name)?.GetMethod?.CreateDelegate<Func<ConcreteState, T>>()
        ?? throw new InvalidOperationException($"the state has a part {name} and no property of that name");
}

/// <summary>The words that a relation is asked about; <see cref="Store.Any"/> where it has no such column.</summary>
internal readonly record struct Point(int A, int B, int C)
{
    public bool IsIn(Facts relation) => C != Store.Any ? relation[A, B, C] : B != Store.Any ? relation[A, B] : relation[A];

    public override string ToString() => string.Join(' ', ((int[])[A, B, C]).Where(word => word != Store.Any));
}
