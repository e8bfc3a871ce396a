using System.Reflection;
using Checking.Proving.Counterexamples;
using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Microsoft.Z3;
using Model;
using Model.Domains.Concrete;
using Model.Faults;
using Model.Observation;
using ConcreteObservation = Model.Observation.Observation<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using Sort = Model.Domains.Sort;

namespace Checking.Proving.Flows;

/// <summary>Tells what leaks: two small states that look the same, the step, and who can tell them apart afterwards.</summary>
/// <remarks>Both runs are replayed on the concrete model first, so that what is told is what the model does.</remarks>
/// <param name="goal">the clause and the aspect that is not silent</param>
internal sealed class Leak(Goal goal, Taken one, Taken? other, Fault? fault)
{
    /// <summary>The words of which an aspect may be different.</summary>
    public static Term[] Somewhere(IReadOnlyList<Sort> of) => [.. of.Select((sort, k) => Term.Fresh($"some{k}", sort))];

    /// <summary>The smallest world in which it leaks; null if there is no small one, or the solver gives up.</summary>
    public Counterexample? Find(Desk desk, IReadOnlyList<Formula> given)
    {
        Signature mentioned = new([.. given, goal.Claim]);
        foreach (SmallWorld world in SmallWorld.Growing)
        {
            Grounding ground = new(world);
            using Solver solver = desk.Open([.. world.Rules(mentioned), .. given.Append(!goal.Claim).Select(ground.Of)], []);
            Status status = solver.Check();
            if (status == Status.UNKNOWN) return null;
            if (status == Status.SATISFIABLE) return Tell(new(desk, solver, world), world, mentioned);
        }

        return null;
    }

    private Counterexample Tell(Choices choices, SmallWorld world, Signature mentioned)
    {
        object[] arguments = Scene.Settled(choices, one);
        int u = choices.Word(Silence.Observer, Sort.Domain);
        Aspect<Formula, Term>? leaking = new SymbolicObservation(one.Before, one.After, Silence.Observer).All
            .FirstOrDefault(a => goal.Name.EndsWith($".{a.Name}", StringComparison.Ordinal));
        IReadOnlyList<Sort> of = leaking?.Of ?? [];
        int[] words = [.. Somewhere(of).Zip(of).Select(w => choices.Word(w.First, w.Second))];
        Machine first = Scene.SetUp(choices, world, one.Before, mentioned, fault);
        Machine? second = other is null ? null : Scene.SetUp(choices, world, other.Before, mentioned, fault, first.State);

        var before = Facts(first, second);
        ConcreteState was = first.State.Copy();
        MethodInfo method = typeof(ConcreteSteps).GetMethod(one.Step.Name)!;
        bool isTaken = Take(method, first, arguments), isTakenInOther = second is null || Take(method, second, arguments);
        Dictionary<string, string> now = new(Facts(first, second));
        bool isAlike = isTakenInOther && leaking is not null
            && new ConcreteObservation(second is null ? was : first.State, second is null ? first.State : second.State, u).All
                .Single(a => a.Name == leaking!.Name).IsAlike([.. words.Select(w => new Number(w))]);
        if (!isTaken || isAlike) throw new InvalidOperationException($"{goal.Name} of {one.Step} is silent in the concrete model");

        Domid observer = new((ushort)u);
        Claim claim = Claim.Of(goal.Invariant);
        return new(
            before,
            Telling.Step(method, arguments),
            Telling.Changes(before, now),
            claim.Says,
            claim.Source,
            !isTakenInOther ? $"{observer} is answered in one run and refused in the other"
            : second is null ? $"{observer} sees {leaking!.Name} of {At(of, words)} change"
            : $"{observer} sees {leaking!.Name} of {At(of, words)} differ between the runs");
    }

    private static bool Take(MethodInfo method, Machine machine, object[] arguments) => (Truth)method.Invoke(machine.Steps, arguments)!;

    /// <summary>The facts of one run; where another run differs, those of both.</summary>
    private static IReadOnlyList<KeyValuePair<string, string>> Facts(Machine one, Machine? other)
    {
        IReadOnlyList<KeyValuePair<string, string>> facts = FactSheet.Of(one);
        if (other is null) return facts;

        Dictionary<string, string> here = new(facts), there = new(FactSheet.Of(other));
        return
        [
            .. from key in here.Keys.Concat(there.Keys.Where(k => !here.ContainsKey(k)))
               let a = here.GetValueOrDefault(key, "··")
               let b = there.GetValueOrDefault(key, "··")
               select KeyValuePair.Create(key, a == b ? a : $"{a}   |   in the other run: {b}"),
        ];
    }

    /// <summary>"mfn:0[1] mfn:2", "v0 mfn:1"</summary>
    private static string At(IReadOnlyList<Sort> of, int[] words) => string.Concat(words.Select((word, k) => of[k] switch
    {
        Sort.Slot => $"[{word}]",
        Sort.Vcpu => $"{new VcpuId(word)}",
        _ => $"{(k == 0 ? "" : " ")}{new Mfn((ulong)word)}",
    }));
}
