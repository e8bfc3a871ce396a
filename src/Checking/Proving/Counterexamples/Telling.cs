using System.Reflection;
using Checking.Proving.Solving;
using Model;
using Model.Domains.Concrete;
using Model.Faults;
using Model.Invariants;
using Model.Programs;
using ConcreteContent = Model.State.Content<Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Proving.Counterexamples;

/// <summary>Tells a counterexample to induction: a small state, the step, what changed, and what is broken.</summary>
/// <remarks>It is replayed on the concrete model first, so that what is told is what the model does and not what a solver made of it.</remarks>
internal static class Telling
{
    /// <summary>A small counterexample to the goal, or null if there is no small one.</summary>
    public static Counterexample? Find(Desk desk, Batch batch, Goal goal, Fault? fault) =>
        Scene.Find(desk, batch, goal, fault) is { } scene ? Tell(scene, batch.Taken!.Step.Name, goal.Statement!) : null;

    private static Counterexample Tell(Scene scene, string step, Statement statement)
    {
        Machine machine = scene.Machine;
        MethodInfo method = typeof(ConcreteSteps).GetMethod(step)!;
        IReadOnlyList<KeyValuePair<string, string>> before = FactSheet.Of(machine);
        if (!(Truth)method.Invoke(machine.Steps, scene.Arguments)!)
            throw new InvalidOperationException($"the concrete {step} does not do what the solver has it do");

        Dictionary<string, string> now = new(FactSheet.Of(machine));
        (string says, string source) = Claimed(machine, statement.Invariant);
        return new(before, Step(method, scene.Arguments), Changes(before, now), says, source, Broken(machine, statement, scene.Broken));
    }

    /// <summary>The facts that are different now; null where there is none any more.</summary>
    public static IReadOnlyList<KeyValuePair<string, string?>> Changes(
        IReadOnlyList<KeyValuePair<string, string>> before, Dictionary<string, string> now) =>
    [
        .. before.Where(f => !now.TryGetValue(f.Key, out string? value) || value != f.Value)
            .Select(f => KeyValuePair.Create(f.Key, now.GetValueOrDefault(f.Key))),
        .. now.Where(f => !before.Any(b => b.Key == f.Key)).Select(f => KeyValuePair.Create(f.Key, (string?)f.Value)),
    ];

    /// <summary>"EditInPlace v0 mfn:0[0] := mfn:0 rw"</summary>
    public static string Step(MethodInfo method, object[] arguments)
    {
        List<string> words = [method.Name];
        foreach ((ParameterInfo parameter, object argument) in method.GetParameters().Zip(arguments))
        {
            string name = parameter.Name!;
            switch (argument)
            {
                case Number n when Unbounded.MicroStep.SortOf(name) == Model.Domains.Sort.Slot:
                    words[^1] += $"[{n.Value}]";
                    break;

                case Number n:
                    words.Add(Word(Unbounded.MicroStep.SortOf(name), n.Value));
                    break;

                case Truth bit:
                    words.Add(bit ? name : $"no {name}");
                    break;

                case ConcreteContent e:
                    words.Add($":= {FactSheet.Of(Contents.ToEntry(e))}");
                    break;
            }
        }

        return string.Join(' ', words);
    }

    private static string Word(Model.Domains.Sort sort, int value) => sort switch
    {
        Model.Domains.Sort.Frame => $"{new Mfn((ulong)value)}",
        Model.Domains.Sort.Vcpu => $"{new VcpuId(value)}",
        Model.Domains.Sort.Domain => $"{new Domid((ushort)value)}",
        _ => $"{(PageType)value}",
    };

    private static (string Says, string Source) Claimed(Machine machine, string id) =>
        machine.Invariants.FirstOrDefault(i => i.Id == id) is { } invariant ? (invariant.Says, invariant.Source) : (Shape.Says, Shape.Source);

    /// <summary>The claim's own witness, once the concrete claim is found to be false as well.</summary>
    private static string Broken(Machine machine, Statement statement, IReadOnlyList<int> words)
    {
        Claim<Truth, Number>? claim = machine.Invariants.FirstOrDefault(i => i.Id == statement.Invariant)?.Claims[statement.Part - 1];
        bool holds = claim switch
        {
            OfFrame<Truth, Number> c => c.Holds(words[0]),
            OfVcpu<Truth, Number> c => c.Holds(words[0], words[1]),
            OfEntry<Truth, Number> c => c.Holds(words[0], words[1], words[2]),
            _ => false,
        };
        if (holds) throw new InvalidOperationException($"{statement} holds in the concrete model where the solver breaks it");

        int[] Of(Model.Domains.Sort sort) => [.. words.Where((_, k) => statement.Variables[k].Sort == sort)];
        FrameView[] frames = [.. Of(Model.Domains.Sort.Frame).Select(f => machine.View(new((ulong)f)))];
        int[] slots = Of(Model.Domains.Sort.Slot);
        return statement.Witness(new(
            [.. Of(Model.Domains.Sort.Vcpu).Select(v => new VcpuId(v))],
            frames,
            slots,
            slots.Length == 0 ? default : machine.EntryOf(frames[0].Frame, slots[0])));
    }
}
