using System.Reflection;
using Checking.Proving;
using Checking.Proving.Unbounded;
using Model.Domains;
using Model.Rings.Faults;

namespace Checking.Rings.Proving;

/// <summary>Every step of ring protection from a state in which everything holds leads to such a state, and guests begin in one.</summary>
internal static class RingProof
{
    public const string Group = "rings", InitialGroup = "rings-initial";

    /// <summary>Steps that no state admits, as it should be, and why.</summary>
    public static IReadOnlyDictionary<string, string> Shut { get; } = new Dictionary<string, string>
    {
        [nameof(SymbolicRingSteps.PassGate)] = "no call gate lets a guest through by itself (I-CDESC); the step shows what one would open",
        [nameof(SymbolicRingSteps.LeaveNested)] = "Xen never runs with a guest's NT (I-CSTACK); the step shows what NT would do",
    };

    /// <summary>For each step: what is claimed of every state, and the step's guard, give every claim again; then the first state.</summary>
    public static IEnumerable<Batch> Batches(RingFault? fault)
    {
        SymbolicRings before = new((name, sorts) => new(name, sorts), (name, from, to) => new(name, from, to));
        Formula[] given = [.. RingStatement.Of(before).Select(s => s.Everywhere)];
        return RingMicroStep.All.Select(step => Batch(step.Take(before, fault), given, fault)).Append(Initial());
    }

    private static Batch Batch(TakenRingStep taken, IReadOnlyList<Formula> given, RingFault? fault)
    {
        IReadOnlyList<RingStatement> statements = RingStatement.Of(taken.After);
        Batch batch = new(
            Group,
            taken.Step.Name,
            [.. given, taken.May],
            [.. statements.Select(s => new Goal(s.Invariant.Id, s.Name, s.OfSome))])
        {
            MustBePossible = true,
            Guards = [taken.May],
        };
        return batch with { Explain = (desk, goal) => RingScene.Tell(desk, batch, goal, taken, statements.Single(s => s.Name == goal.Name), fault) };
    }

    /// <summary>A machine whose vCPUs are built and have not run: everything that is claimed of every state holds of it.</summary>
    private static Batch Initial()
    {
        SymbolicRings state = new((name, sorts) => new(name, sorts), (name, from, to) => new(name, from, to));
        IReadOnlyList<RingStatement> statements = RingStatement.Of(state);
        return new(
            InitialGroup,
            "built",
            [.. Built(state), .. statements.Where(s => s.Claim.IsOfConstants).Select(s => s.Everywhere)],
            [.. statements.Select(s => new Goal(s.Invariant.Id, s.Name, s.OfSome))])
        {
            MustBePossible = true,
        };
    }

    /// <summary>
    /// Every vCPU is Xen's to start, in its guest's kernel, and nothing else is so, but for what never changes and what the builder of
    /// its domain set: the code selector, addresses, and what memory holds where descriptors could be.
    /// </summary>
    private static IEnumerable<Formula> Built(SymbolicRings s)
    {
        Predicate[] set = [s.Is32, s.XensAddress, s.NonCanonical, s.FrameEnd, s.FrameWord, s.Next, s.XensPosition, s.IsEvent, s.Unmaskable, s.OwnStack,
            s.IsCode, s.IsData, s.IsGate, s.IsLong, s.Dpl, s.Code, s.InXen, s.InKernel, s.OnKernelRoot, s.Interruptible];
        HashSet<string> known = [.. set.Select(r => r.Symbol.Name)];
        foreach (PropertyInfo part in typeof(SymbolicRings).GetProperties().Where(p => p.PropertyType == typeof(Predicate) && !known.Contains(p.Name)))
        {
            Predicate relation = (Predicate)part.GetValue(s)!;
            yield return Formula.ForAll(relation.Symbol.Variables, at => !relation.Read(at));
        }

        yield return Formula.ForAll("v", Sort.Vcpu, v => s.InXen[v] & s.InKernel[v] & s.OnKernelRoot[v] & !s.NonCanonical[s.Base[v]]);
        yield return Formula.ForAll("v", Sort.Vcpu, v => (s.Cpl[v] == Ring(3) & !s.Is32[s.Home[v]]) | (s.Cpl[v] == Ring(1) & s.Is32[s.Home[v]]));
        yield return Formula.ForAll(
            [("v", Sort.Vcpu), ("p", Sort.Slot), ("q", Sort.Slot)], at => Formula.Implies(s.Code[at[0], at[1]] & s.Code[at[0], at[2]], at[1] == at[2]));
        yield return Formula.ForAll(
            [("v", Sort.Vcpu), ("p", Sort.Slot), ("r", Sort.Ring), ("t", Sort.Ring)],
            at => Formula.Implies(s.Dpl[at[0], at[1], at[2]] & s.Dpl[at[0], at[1], at[3]], at[2] == at[3]));
    }

    private static Term Ring(int number) => Term.Literal(Sort.Ring, number);
}
