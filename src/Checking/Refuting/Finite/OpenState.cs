using Model.Domains;
using Model.Domains.Concrete;
using Model.State;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Refuting.Finite;

/// <summary>A state of the model as formulas, and its parts in the order in which the model makes them.</summary>
internal sealed class OpenState
{
    private readonly List<Cells> _relations = [];
    private readonly List<FiniteWord[]> _maps = [];

    /// <param name="relation">makes the points of a relation, given its name and the sorts of its columns</param>
    /// <param name="map">makes the values of a function, given its name, the sort of its argument and the sort of its value</param>
    public OpenState(Course course, Func<string, Sort[], Cells> relation, Func<string, Sort, Sort, FiniteWord[]> map)
    {
        Course = course;
        State = new(
            (name, sorts) =>
            {
                _relations.Add(relation(name, sorts));
                return new(_relations[^1]);
            },
            (name, from, to) =>
            {
                _maps.Add(map(name, from, to));
                return new(course, _maps[^1]);
            });
    }

    public Course Course { get; }

    public State<Formula, FiniteWord, FiniteRelation, FiniteMap> State { get; }

    public IReadOnlyList<Cells> Relations => _relations;

    public IReadOnlyList<FiniteWord[]> Maps => _maps;

    /// <summary>The concrete state, in which nothing is left open.</summary>
    /// <param name="counts">whether Xen's integers are kept track of</param>
    public static OpenState Of(ConcreteState state, Universe universe, Course course, bool counts) => new(
        course,
        (name, sorts) =>
        {
            var relation = Concrete<Facts>(state, name);
            return Blank(course, universe, sorts).Fill((i, j, k) => Formula.Of(Has(relation, sorts.Length, i, j, k)));
        },
        (name, from, to) =>
        {
            var function = Concrete<Function>(state, name);
            return to == Sort.Count && !counts
                ? []
                : [.. Enumerable.Range(0, universe.Size(from)).Select(i => FiniteWord.Literal(to, function[i].Value))];
        });

    /// <summary>No point of a relation with columns of these sorts.</summary>
    public static Cells Blank(Course course, Universe universe, Sort[] sorts) => new(
        course,
        universe.Size(sorts[0]),
        sorts.Length > 1 ? universe.Size(sorts[1]) : 1,
        sorts.Length > 2 ? universe.Size(sorts[2]) : 1);

    /// <summary>An equal state that changes on its own.</summary>
    public OpenState Copy()
    {
        int relation = 0, map = 0;
        return new(Course, (_, _) => _relations[relation++].Copy(), (_, _, _) => [.. _maps[map++]]);
    }

    /// <summary>Both say the same, formula by formula.</summary>
    public bool IsIdentical(OpenState other)
    {
        for (int r = 0; r < _relations.Count; r++)
        {
            Span<Formula> here = _relations[r].Points, there = other._relations[r].Points;
            for (int at = 0; at < here.Length; at++)
            {
                if (here[at].Literal != there[at].Literal) return false;
            }
        }

        for (int m = 0; m < _maps.Count; m++)
        {
            for (int at = 0; at < _maps[m].Length; at++)
            {
                if (!_maps[m][at].IsIdentical(other._maps[m][at])) return false;
            }
        }

        return true;
    }

    /// <summary>The state in which every formula is what it is under the values.</summary>
    public OpenState Under(bool[] values)
    {
        OpenState under = Copy();
        foreach (Cells cells in under._relations) cells.Each((_, point) => Formula.Of(Graph.IsTrue(values, point.Literal)));
        foreach (FiniteWord[] map in under._maps)
        {
            for (int at = 0; at < map.Length; at++)
                map[at] = new((map[at].Cases.ToArray().First(c => Graph.IsTrue(values, c.When.Literal)).Value, Formula.Of(true)));
        }

        return under;
    }

    /// <summary>Somewhere the two say different things.</summary>
    public Formula Differs(OpenState other)
    {
        Formula differs = Formula.Of(false);
        for (int r = 0; r < _relations.Count; r++)
        {
            Span<Formula> here = _relations[r].Points, there = other._relations[r].Points;
            for (int at = 0; at < here.Length; at++)
            {
                if (here[at].Literal != there[at].Literal) differs |= (here[at] & !there[at]) | (!here[at] & there[at]);
            }
        }

        for (int m = 0; m < _maps.Count; m++)
        {
            for (int at = 0; at < _maps[m].Length; at++)
            {
                if (!_maps[m][at].IsIdentical(other._maps[m][at])) differs |= _maps[m][at] != other._maps[m][at];
            }
        }

        return differs;
    }

    /// <summary>The part of a concrete state that has the name.</summary>
    public static Part Concrete<Part>(ConcreteState state, string name) => (Part)typeof(ConcreteState).GetProperty(name)!.GetValue(state)!;

    /// <summary>Whether a concrete relation holds at a point.</summary>
    public static bool Has(Facts relation, int columns, int i, int j, int k) => columns switch
    {
        1 => relation[i],
        2 => relation[i, j],
        _ => relation[i, j, k],
    };
}
