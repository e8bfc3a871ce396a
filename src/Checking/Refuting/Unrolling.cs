using Checking.Memory;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Domains;
using Model.Domains.Concrete;
using FiniteState = Model.State.State<
    Checking.Refuting.Finite.Formula, Checking.Refuting.Finite.FiniteWord, Checking.Refuting.Finite.FiniteRelation, Checking.Refuting.Finite.FiniteMap>;
using FiniteSteps = Model.Steps.Steps<
    Checking.Refuting.Finite.Formula, Checking.Refuting.Finite.FiniteWord, Checking.Refuting.Finite.FiniteRelation, Checking.Refuting.Finite.FiniteMap>;

namespace Checking.Refuting;

/// <summary>Makes one open request after the other, from the boot state on.</summary>
internal sealed class Unrolling(MemoryScope scope, IReadOnlyList<Shape> shapes, IReadOnlyCollection<int> flags, Graph graph)
{
    private readonly Node _root = Trie(shapes);
    private readonly ILookup<string, int[]> _arguments =
        scope.Requests.ToLookup(RequestArguments.Kind, r => RequestArguments.Of(r).Select(a => a.Value).ToArray());

    public static Universe UniverseOf(MemoryScope scope) => scope.Shape.Universe;

    public OpenRequest Next(OpenState before)
    {
        Dictionary<Variable, FiniteWord> words = [];
        FiniteWord Word(Variable variable)
        {
            if (words.TryGetValue(variable, out FiniteWord known)) return known;

            return words[variable] = new([.. Values(variable.Kind).Order().Select(v => (v, graph.Input()))]);
        }

        var ends = new End[shapes.Count];
        Follow(_root, new(before, Formula.Of(true), Formula.Of(true), Formula.Of(false)), Word, ends);
        return new(before, [.. shapes.Zip(ends, (shape, end) => Candidate(shape, end, before, Word))], words);
    }

    private Candidate Candidate(Shape shape, End end, OpenState before, Func<Variable, FiniteWord> word) => new(
        shape,
        graph.Input(),
        end.May.Never ? end.May : end.May & IsAsked(shape, word),
        end.IsAtRest,
        end.IsWrong,
        end.State.IsIdentical(before),
        end.State);

    /// <summary>Some request of the scope binds the shape's variables so.</summary>
    private Formula IsAsked(Shape shape, Func<Variable, FiniteWord> word)
    {
        Formula asked = Formula.Of(false);
        foreach (Binding binding in shape.Bindings)
        {
            foreach (int[] arguments in _arguments[binding.RequestKind])
            {
                Formula same = Formula.Of(true);
                for (int i = 0; i < arguments.Length; i++)
                {
                    if (binding.Arguments[i] is { } variable) same &= word(variable).Is(arguments[i]);
                }

                asked |= same;
            }
        }

        return asked;
    }

    private void Follow(Node node, End at, Func<Variable, FiniteWord> word, End[] ends)
    {
        if (node.Ends is { } shape)
        {
            OpenState rest = at.State.Copy();
            ends[shape] = at with { State = rest, IsAtRest = PutToRest(rest.State) };
        }

        foreach (var ((form, _), (variables, next)) in node.Next)
        {
            FormulaTaker taker = new((_, i) => word(variables[i]));
            int[] places = [.. Enumerable.Range(0, variables.Count)];
            OpenState copy = at.State.Copy();
            Formula may = taker.Assume(copy.Course, scope.Fault?.Make(copy.State) ?? new FiniteSteps(copy.State), form, places);
            Formula wrong = at.IsWrong;
            if (scope.Fault is not null)
            {
                OpenState sound = at.State.Copy();
                Formula soundly = taker.Assume(sound.Course, new FiniteSteps(sound.State), form, places);
                wrong |= (may & !soundly) | copy.Differs(sound);
            }

            Follow(next, new(copy, at.May & may, Formula.Of(true), wrong), word, ends);
        }
    }

    /// <summary>Nothing is in a vCPU's hands, and nothing is on the way.</summary>
    /// <returns>whether that was so</returns>
    public static Formula PutToRest(FiniteState s)
    {
        Formula was = Formula.Of(true);
        foreach (FiniteRelation relation in new[] { s.Taken, s.TakenType, s.Leaving, s.LeavingType, s.Partial, s.Paused, s.Stale })
        {
            foreach (ref Formula point in relation.Cells.Points)
            {
                was &= !point;
                point = Formula.Of(false);
            }
        }

        return was;
    }

    private int[] Values(Kind kind) => kind == Kind.Flags ? [.. flags] : Recorder.Values(kind, scope);

    private static Node Trie(IReadOnlyList<Shape> shapes)
    {
        Node root = new();
        for (int i = 0; i < shapes.Count; i++)
        {
            Node at = root;
            for (int step = 0; step < shapes[i].Steps.Count; step++)
            {
                (StepForm, string) key = (shapes[i].Steps[step], string.Join(' ', shapes[i].Variables[step]));
                if (!at.Next.TryGetValue(key, out var next)) at.Next[key] = next = (shapes[i].Variables[step], new());
                at = next.Node;
            }

            at.Ends = i;
        }

        return root;
    }

    /// <summary>Where steps lead to.</summary>
    private sealed record End(OpenState State, Formula May, Formula IsAtRest, Formula IsWrong);

    /// <summary>Where shapes that begin alike are together.</summary>
    private sealed class Node
    {
        public Dictionary<(StepForm Form, string Variables), (IReadOnlyList<Variable> Variables, Node Node)> Next { get; } = [];

        /// <summary>The shape that is whole here.</summary>
        public int? Ends { get; set; }
    }
}
