using System.Reflection;
using Checking.Proving.Unbounded;
using Model.Domains;
using Model.Rings.Faults;

namespace Checking.Rings.Proving;

/// <summary>A micro-step of ring protection, found in the model's text.</summary>
internal sealed class RingMicroStep
{
    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;

    private RingMicroStep(MethodInfo method) => (_method, _parameters) = (method, method.GetParameters());

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<RingMicroStep> All { get; } =
    [
        .. typeof(SymbolicRingSteps).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == typeof(Formula))
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => new RingMicroStep(m)),
    ];

    public string Name => _method.Name;

    /// <summary>What the parameters stand for, in their order; null for a bit.</summary>
    public IReadOnlyList<(string Name, Sort? Sort)> Parameters =>
        [.. _parameters.Select(p => (p.Name!, p.ParameterType == typeof(Formula) ? (Sort?)null : RingWords.SortOf(p.Name!)))];

    /// <summary>Takes the step, with arguments of which nothing is known, in a copy of the state.</summary>
    /// <param name="fault">the mistake to make in it, if any</param>
    public TakenRingStep Take(SymbolicRings before, RingFault? fault)
    {
        SymbolicRings after = before.Copy();
        SymbolicRingSteps steps = fault?.Make(after) ?? new SymbolicRingSteps(after);
        object[] arguments = [.. Parameters.Select(p => p.Sort is { } sort ? (object)Term.Fresh(p.Name, sort) : Formula.Fresh(p.Name))];
        return new(this, before, arguments, (Formula)_method.Invoke(steps, arguments)!, after);
    }

    public override string ToString() => Name;
}

/// <summary>A step that was taken: where the guard holds it leads from one state to the other.</summary>
internal sealed record TakenRingStep(RingMicroStep Step, SymbolicRings Before, object[] Arguments, Formula May, SymbolicRings After);
