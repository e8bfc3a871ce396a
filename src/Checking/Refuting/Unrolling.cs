using Checking.Memory;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Domains;
using Model.Domains.Concrete;
using FiniteSteps = Model.Steps.Steps<
    Checking.Refuting.Finite.Formula, Checking.Refuting.Finite.FiniteWord, Checking.Refuting.Finite.FiniteRelation, Checking.Refuting.Finite.FiniteMap>;

namespace Checking.Refuting;

/// <summary>One request, of which shape and with what arguments is left open, and the state that it leads to.</summary>
/// <param name="Chosen">for each shape whether the request has it</param>
/// <param name="Words">the arguments</param>
/// <param name="Lawful">the request is one that can be made</param>
internal sealed record OpenRequest(
    IReadOnlyList<Formula> Chosen, IReadOnlyDictionary<Variable, FiniteWord> Words, Formula Lawful, Image After);

/// <summary>Makes one open request after the other, from the boot state on.</summary>
internal sealed class Unrolling(MemoryScope scope, IReadOnlyList<Shape> shapes, IReadOnlyCollection<int> flags, Graph graph)
{
    private readonly Node _root = Trie(shapes);
    private readonly ILookup<string, int[]> _arguments =
        scope.Requests.ToLookup(RequestArguments.Kind, r => RequestArguments.Of(r).Select(a => a.Value).ToArray());

    public static Universe UniverseOf(MemoryScope scope) => new(scope.Shape.Frames, scope.Shape.Slots, scope.Shape.Vcpus.Count);

    public OpenRequest Next(Image before)
    {
        Dictionary<Variable, FiniteWord> words = [];
        List<Formula> lawful = [];
        FiniteWord Word(Variable variable)
        {
            if (words.TryGetValue(variable, out FiniteWord known)) return known;

            FiniteWord word = new([.. Values(variable.Kind).Order().Select(v => (v, graph.Input()))]);
            lawful.Add(ExactlyOne([.. word.Cases.ToArray().Select(c => c.When)]));
            return words[variable] = word;
        }

        Formula[] chosen = [.. shapes.Select(_ => graph.Input())];
        lawful.Add(ExactlyOne(chosen));
        var ends = new (Image After, Formula May)[shapes.Count];
        Follow(_root, before, Formula.Of(true), Word, ends);
        for (int i = 0; i < ends.Length; i++) lawful.Add(!chosen[i] | (ends[i].May & IsAsked(shapes[i], Word)));

        Image after = Merge.Of(before, [.. ends.Zip(chosen, (end, choice) => (choice, end.After))]);
        return new(chosen, words, lawful.Aggregate((a, b) => a & b), after);
    }

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

    private void Follow(Node node, Image at, Formula may, Func<Variable, FiniteWord> word, (Image, Formula)[] ends)
    {
        if (node.Ends is { } shape) ends[shape] = AtRest(at, may);
        foreach (var ((form, _), (variables, next)) in node.Next)
        {
            Image copy = at.Copy();
            FiniteSteps steps = scope.Fault?.Make(copy.State) ?? new(copy.State);
            FormulaTaker taker = new((_, i) => word(variables[i]));
            Formula guard = taker.Assume(at.Course, steps, form, [.. Enumerable.Range(0, variables.Count)]);
            Follow(next, copy, may & guard, word, ends);
        }
    }

    /// <summary>The state, if nothing is in a vCPU's hands and nothing is on the way; and that it is so.</summary>
    private static (Image After, Formula May) AtRest(Image at, Formula may)
    {
        Image rest = at.Copy();
        var s = rest.State;
        foreach (FiniteRelation relation in new[] { s.Taken, s.TakenType, s.Leaving, s.LeavingType, s.Partial, s.Stale })
        {
            foreach (ref Formula point in relation.Cells.Points)
            {
                may &= !point;
                point = Formula.Of(false);
            }
        }

        return (rest, may);
    }

    private int[] Values(Kind kind) => kind == Kind.Flags ? [.. flags] : Recorder.Values(kind, scope);

    private static Formula ExactlyOne(IReadOnlyList<Formula> all)
    {
        Formula some = Formula.Of(false), two = Formula.Of(false);
        foreach (Formula each in all)
        {
            two |= some & each;
            some |= each;
        }

        return some & !two;
    }

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

    /// <summary>Where shapes that begin alike are together.</summary>
    private sealed class Node
    {
        public Dictionary<(StepForm Form, string Variables), (IReadOnlyList<Variable> Variables, Node Node)> Next { get; } = [];

        /// <summary>The shape that is whole here.</summary>
        public int? Ends { get; set; }
    }
}
