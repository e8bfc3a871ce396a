using System.Reflection;
using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Microsoft.Z3;
using Model;
using Model.Domains.Concrete;
using Model.Faults;
using ConcreteContent = Model.State.Content<Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number>;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using Sort = Model.Domains.Sort;

namespace Checking.Proving.Counterexamples;

/// <summary>A counterexample with every word settled, set up in the concrete model.</summary>
/// <param name="Machine">the state before the step</param>
/// <param name="Arguments">of the step, as the concrete model takes them</param>
/// <param name="Broken">the words of which the claim is false</param>
internal sealed record Scene(Machine Machine, object[] Arguments, IReadOnlyList<int> Broken)
{
    /// <summary>Those of a small world are numbered 1 and 2.</summary>
    private const int Domains = 3;

    private static readonly PropertyInfo[] s_parts = typeof(ConcreteState).GetProperties();

    /// <summary>The smallest world in which the goal fails, everything in it as plain as can be.</summary>
    /// <returns>null if it fails in no small world, or the solver gives up</returns>
    public static Scene? Find(Desk desk, Batch batch, Goal goal, Fault? fault)
    {
        Signature mentioned = new([.. batch.Given, goal.Claim]);
        foreach (SmallWorld world in SmallWorld.Growing)
        {
            Grounding ground = new(world);
            using Solver solver = desk.Open([.. world.Rules(mentioned), .. batch.Given.Append(!goal.Claim).Select(ground.Of)], []);
            switch (solver.Check())
            {
                case Status.SATISFIABLE:
                    return Settle(new(desk, solver, world), world, batch.Taken!, goal.Statement!, mentioned, fault);

                case Status.UNKNOWN:
                    return null;
            }
        }

        return null;
    }

    private static Scene Settle(Choices choices, SmallWorld world, Taken taken, Statement broken, Signature mentioned, Fault? fault)
    {
        object[] arguments = Settled(choices, taken);
        int[] words = [.. broken.Somewhere.Zip(broken.Variables).Select(w => choices.Word(w.First, w.Second.Sort))];
        return new(SetUp(choices, world, taken.Before, mentioned, fault), arguments, words);
    }

    /// <summary>The arguments of a step, settled.</summary>
    public static object[] Settled(Choices choices, Taken taken) => [.. taken.Arguments.Select(a => Argument(choices, a))];

    /// <summary>A state, settled, as a machine.</summary>
    /// <param name="like">what it is to be like wherever it can; null to be as plain as can be</param>
    public static Machine SetUp(
        Choices choices, SmallWorld world, SymbolicState state, Signature mentioned, Fault? fault, ConcreteState? like = null)
    {
        Domid[] homes = [.. world.Words(Sort.Vcpu).Select(v => new Domid((ushort)choices.Word(state.Home[v.Term], Sort.Domain)))];
        Machine machine = new(new(world.Frames, homes, world.Slots) { DomainNumbers = Domains, XenSlots = [], Steps = fault is null ? null : s => fault.Make(s) });
        HashSet<string> names = [.. mentioned.Symbols.Select(s => s.Name)];
        foreach (PropertyInfo part in s_parts.Where(p => p.Name != nameof(ConcreteState.Home)).OrderBy(Turn))
        {
            object symbolic = typeof(SymbolicState).GetProperty(part.Name)!.GetValue(state)!;
            object concrete = part.GetValue(machine.State)!;
            object? usual = like is null ? null : part.GetValue(like);
            if (symbolic is Valuation function && names.Contains(function.Symbol.Name))
                Fill(choices, world, function, (Function)concrete, (Function?)usual);
            if (symbolic is Predicate relation && names.Contains(relation.Symbol.Name))
                Fill(choices, world, relation, (Facts)concrete, part.Name, (Facts?)usual);
        }

        machine.ClearTouched();
        return machine;
    }

    /// <summary>Whether a domain is a 32-bit guest comes first, since few are; counts follow from what is counted, so they come last.</summary>
    private static int Turn(PropertyInfo part) => part.Name switch
    {
        nameof(ConcreteState.Compat) => 0,
        nameof(ConcreteState.RefCount) or nameof(ConcreteState.TypeCount) => 2,
        _ => 1,
    };

    /// <summary>A frame has an owner and is allocated, unless that is impossible; of everything else it has as little as is possible.</summary>
    private static void Fill(Choices choices, SmallWorld world, Predicate relation, Facts facts, string name, Facts? like)
    {
        bool isUsual = name is nameof(ConcreteState.Allocated) or nameof(ConcreteState.InKernel);
        foreach (var point in world.Points(relation.Symbol.Columns))
        {
            Formula bit = relation.Read([.. point.Select(p => p.Term)]);
            switch (point)
            {
                case [var a]:
                    facts.Assign(true, choices.Bit(bit, like?[a.Value] ?? isUsual), a.Value);
                    break;

                case [var a, var b]:
                    facts.Assign(true, choices.Bit(bit, like?[a.Value, b.Value] ?? isUsual), a.Value, b.Value);
                    break;

                case [var a, var b, var c]:
                    facts.Assign(true, choices.Bit(bit, like?[a.Value, b.Value, c.Value] ?? isUsual), a.Value, b.Value, c.Value);
                    break;
            }
        }
    }

    private static void Fill(Choices choices, SmallWorld world, Valuation function, Function values, Function? like)
    {
        IReadOnlyList<(Term, int)> words = function.Symbol.Value == Sort.Count ? s_counts : world.Words(function.Symbol.Value!.Value);
        foreach ((Term at, int index) in world.Words(function.Symbol.Columns[0]))
            values.Assign(true, index, choices.Word(function[at], words.OrderByDescending(w => w.Item2 == like?[index].Value)));
    }

    private static readonly (Term, int)[] s_counts = [.. Enumerable.Range(0, 100).Select(n => (Term.Literal(Sort.Count, n), n))];

    private static object Argument(Choices choices, object argument) => argument switch
    {
        Term term => new Number(choices.Word(term, ((Constant)term.Node).Sort!.Value)),
        Formula bit => new Truth(choices.Bit(bit)),
        SymbolicContent e => new ConcreteContent(
            choices.Bit(e.Present),
            choices.Word(e.Target, Sort.Frame),
            choices.Bit(e.Writable),
            choices.Bit(e.User),
            choices.Bit(e.Superpage),
            choices.Bit(e.Cache),
            choices.Bit(e.Reserved),
            choices.Bit(e.Global),
            choices.Bit(e.NoExecute),
            choices.Bit(e.Accessed),
            choices.Bit(e.Dirty),
            choices.Bit(e.GuestKernel),
            choices.Bit(e.Available)),
        _ => throw new InvalidOperationException($"no argument is a {argument.GetType().Name}"),
    };
}
