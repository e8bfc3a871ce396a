using System.Reflection;
using Checking.Proving;
using Checking.Proving.Counterexamples;
using Checking.Proving.Small;
using Checking.Proving.Solving;
using Checking.Proving.Unbounded;
using Microsoft.Z3;
using Model.Domains.Concrete;
using Model.Rings;
using Model.Rings.Faults;
using Sort = Model.Domains.Sort;

namespace Checking.Rings.Proving;

/// <summary>Tells a counterexample to induction: a small state, the step, what changed, and what is broken.</summary>
/// <remarks>It is replayed on the concrete model first, so that what is told is what the model does and not what a solver made of it.</remarks>
internal static class RingScene
{
    private static readonly PropertyInfo[] s_parts = typeof(ConcreteRings).GetProperties();

    /// <summary>What is so unless it cannot be: the plainest state has guests in their kernels, interruptible, with Xen's stacks in place.</summary>
    private static readonly HashSet<string> s_usual =
    [
        nameof(SymbolicRings.InKernel), nameof(SymbolicRings.OnKernelRoot), nameof(SymbolicRings.Interruptible), nameof(SymbolicRings.OwnStack),
    ];

    /// <returns>null if the goal fails in no small world, or the solver gives up</returns>
    public static Counterexample? Tell(Desk desk, Batch batch, Goal goal, TakenRingStep taken, RingStatement broken, RingFault? fault)
    {
        Signature mentioned = new([.. batch.Given, goal.Claim]);
        foreach (SmallWorld world in SmallWorld.GrowingRings)
        {
            Grounding ground = new(world);
            using Solver solver = desk.Open([.. world.Rules(mentioned), .. batch.Given.Append(!goal.Claim).Select(ground.Of)], []);
            Status status = solver.Check();
            if (status == Status.UNKNOWN) return null;
            if (status == Status.SATISFIABLE) return Tell(new(desk, solver, world), world, mentioned, taken, broken, fault);
        }

        return null;
    }

    private static Counterexample Tell(
        Choices choices, SmallWorld world, Signature mentioned, TakenRingStep taken, RingStatement broken, RingFault? fault)
    {
        object[] arguments = [.. taken.Arguments.Zip(taken.Step.Parameters).Select(a => a.First is Term term
            ? (object)new Number(choices.Word(term, a.Second.Sort!.Value))
            : new Truth(choices.Bit((Formula)a.First)))];
        int[] words = [.. broken.Somewhere.Zip(broken.Claim.Of).Select(w => choices.Word(w.First, w.Second))];
        RingMachine machine = SetUp(choices, world, mentioned, taken.Before, fault);

        IReadOnlyList<KeyValuePair<string, string>> before = RingSheet.Of(machine);
        MethodInfo method = typeof(ConcreteRingSteps).GetMethod(taken.Step.Name)!;
        RingClaim<Truth, Number> claim = machine.Invariants.All.Single(i => i.Id == broken.Invariant.Id).Claims[broken.Part - 1];
        if (!(Truth)method.Invoke(machine.Steps, arguments)! || claim.At([.. words.Select(w => new Number(w))]))
            throw new InvalidOperationException($"the concrete {taken.Step} does not do what the solver has it do");

        return new(
            before,
            RingAct.Told(taken.Step.Name, taken.Step.Parameters, arguments),
            Telling.Changes(before, new(RingSheet.Of(machine))),
            broken.Invariant.Says,
            broken.Invariant.Source,
            claim.Witness([.. words.Zip(claim.Of).Select(w => RingWords.Of(w.Second, w.First))]));
    }

    private static RingMachine SetUp(Choices choices, SmallWorld world, Signature mentioned, SymbolicRings state, RingFault? fault)
    {
        Sort[] sorts = [Sort.Vcpu, Sort.Processor, Sort.Slot, Sort.Vector, Sort.Address, Sort.Facility];
        Dictionary<Sort, int> sizes = sorts.ToDictionary(s => s, s => world.Words(s).Count);
        sizes[Sort.Domain] = world.Words(Sort.Domain).Max(w => w.Value) + 1;
        RingMachine machine = new(sizes, fault);
        HashSet<string> names = [.. mentioned.Symbols.Select(s => s.Name)];
        foreach (PropertyInfo part in s_parts)
        {
            object symbolic = typeof(SymbolicRings).GetProperty(part.Name)!.GetValue(state)!;
            object concrete = part.GetValue(machine.State)!;
            if (symbolic is Valuation function)
            {
                foreach ((Term at, int index) in world.Words(function.Symbol.Columns[0]))
                    ((RingMap)concrete).Assign(true, index, choices.Word(function[at], function.Symbol.Value!.Value));
            }

            if (symbolic is Predicate relation && names.Contains(part.Name)) Fill(choices, world, relation, (Facts)concrete, s_usual.Contains(part.Name));
        }

        return machine;
    }

    private static void Fill(Choices choices, SmallWorld world, Predicate relation, Facts facts, bool isUsual)
    {
        foreach (var point in world.Points(relation.Symbol.Columns))
        {
            bool value = choices.Bit(relation.Read([.. point.Select(p => p.Term)]), isUsual);
            switch (point)
            {
                case [var a]:
                    facts.Assign(true, value, a.Value);
                    break;

                case [var a, var b]:
                    facts.Assign(true, value, a.Value, b.Value);
                    break;

                case [var a, var b, var c]:
                    facts.Assign(true, value, a.Value, b.Value, c.Value);
                    break;
            }
        }
    }
}
