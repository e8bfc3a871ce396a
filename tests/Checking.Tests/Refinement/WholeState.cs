using System.Reflection;
using System.Text;
using Model;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Programs;

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
            select new Point(of, a, b, c);
    }

    /// <summary>The names of all relations and functions.</summary>
    public static IEnumerable<string> Names => [.. Relations.Select(r => r.Name), .. Functions.Select(f => f.Name)];

    /// <summary>Where two states differ.</summary>
    public IEnumerable<Difference> Differences(ConcreteState one, ConcreteState other)
    {
        foreach (var (name, of, size) in _functions)
        {
            (Function a, Function b) = (of(one), of(other));
            for (int at = 0; at < size; at++)
            {
                if (a[at].Value != b[at].Value) yield return new(name, new([], at, Store.Any, Store.Any), a[at].Value, b[at].Value);
            }
        }

        foreach (var (name, of, points) in _relations)
        {
            (Facts a, Facts b) = (of(one), of(other));
            foreach (Point at in points)
            {
                if (at.IsIn(a) != at.IsIn(b)) yield return new(name, at, at.IsIn(a) ? 1 : 0, at.IsIn(b) ? 1 : 0);
            }
        }
    }

    /// <summary>The state as a text: equal for states that no step and no program tells apart, and for no others.</summary>
    /// <remarks>Left out are what is noted for an invariant's sake, and the bits of entries that are absent.</remarks>
    public string Key(ConcreteState state)
    {
        StringBuilder key = new();
        foreach (var (_, of, size) in _functions)
        {
            for (int at = 0; at < size; at++) key.Append((char)of(state)[at].Value);
        }

        foreach (var (name, of, points) in _relations.Where(r => r.Name != nameof(state.Written)))
        {
            Facts facts = of(state);
            bool isBit = points[0].IsOfSlot && name != nameof(state.Audited);
            for (int i = 0; i < points.Length;)
            {
                int bits = 0;
                for (int end = Math.Min(i + 15, points.Length); i < end; i++)
                {
                    bool isRead = !isBit || !state.Entry.Empty(points[i].A, points[i].B, null);
                    bits = bits << 1 | (isRead && points[i].IsIn(facts) ? 1 : 0);
                }

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
/// <param name="Of">the sorts of its columns</param>
internal readonly record struct Point(Sort[] Of, int A, int B, int C)
{
    /// <summary>It is a slot of a frame.</summary>
    public bool IsOfSlot => Of is [Sort.Frame, Sort.Slot];

    public bool IsIn(Facts relation) => C != Store.Any ? relation[A, B, C] : B != Store.Any ? relation[A, B] : relation[A];

    public override string ToString() => string.Join(' ', ((int[])[A, B, C]).Where(word => word != Store.Any));
}

/// <summary>What two states say of a point; of a relation 1 where it holds and 0 where not.</summary>
internal readonly record struct Difference(string Name, Point At, int One, int Other)
{
    public override string ToString() => $"{Name} {At}: {One}, {Other}";
}
