using System.Reflection;
using Model.Domains;
using Model.Faults;

namespace Checking.Proving.Unbounded;

/// <summary>A micro-step of the model, found in its text.</summary>
internal sealed class MicroStep
{
    /// <summary>What each name of a parameter stands for.</summary>
    private static readonly Dictionary<string, Sort> s_sorts = new()
    {
        ["v"] = Sort.Vcpu,
        ["d"] = Sort.Domain,
        ["type"] = Sort.Type,
        ["f"] = Sort.Frame,
        ["table"] = Sort.Frame,
        ["target"] = Sort.Frame,
        ["t1"] = Sort.Frame,
        ["t2"] = Sort.Frame,
        ["t3"] = Sort.Frame,
        ["t4"] = Sort.Frame,
        ["slot"] = Sort.Slot,
        ["position"] = Sort.Slot,
        ["i1"] = Sort.Slot,
        ["i2"] = Sort.Slot,
        ["i3"] = Sort.Slot,
        ["i4"] = Sort.Slot,
    };

    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;

    private MicroStep(MethodInfo method) => (_method, _parameters) = (method, method.GetParameters());

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<MicroStep> All { get; } =
    [
        .. typeof(SymbolicSteps).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == typeof(Formula) && m.Name != nameof(SymbolicSteps.Admits))
            .OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => new MicroStep(m)),
    ];

    public string Name => _method.Name;

    /// <summary>What a parameter of that name stands for.</summary>
    public static Sort SortOf(string parameter) => s_sorts[parameter];

    /// <summary>The names of its parameters.</summary>
    public IReadOnlyList<string> Parameters => [.. _parameters.Select(p => p.Name!)];

    /// <summary>Words and bits of which nothing is known, one for each parameter, named as the model's text names them.</summary>
    public object[] Arguments(string prefix = "") => [.. _parameters.Select(p => Argument(p, prefix))];

    /// <summary>Takes the step in a copy of the state.</summary>
    /// <param name="fault">the mistake to make in it, if any</param>
    public Taken Take(SymbolicState before, object[] arguments, Fault? fault = null)
    {
        SymbolicState after = before.Copy();
        SymbolicSteps steps = fault?.Make(after) ?? new SymbolicSteps(after);
        return new(this, before, arguments, (Formula)_method.Invoke(steps, arguments)!, after);
    }

    /// <summary>Takes the step, with arguments of which nothing is known, from a state of which nothing is known.</summary>
    public Taken Take(Fault? fault = null) => Take(Symbolic.State(), Arguments(), fault);

    public override string ToString() => Name;

    private static object Argument(ParameterInfo parameter, string prefix)
    {
        string name = prefix + parameter.Name;
        if (parameter.ParameterType == typeof(Formula)) return Formula.Fresh(name);
        if (parameter.ParameterType == typeof(Term)) return Term.Fresh(name, SortOf(parameter.Name!));

        return new SymbolicContent(
            Formula.Fresh($"{name}.Present"),
            Term.Fresh($"{name}.Target", Sort.Frame),
            Formula.Fresh($"{name}.Writable"),
            Formula.Fresh($"{name}.User"),
            Formula.Fresh($"{name}.Superpage"),
            Formula.Fresh($"{name}.Cache"),
            Formula.Fresh($"{name}.Reserved"),
            Formula.Fresh($"{name}.Global"),
            Formula.Fresh($"{name}.NoExecute"),
            Formula.Fresh($"{name}.Accessed"),
            Formula.Fresh($"{name}.Dirty"),
            Formula.Fresh($"{name}.GuestKernel"),
            Formula.Fresh($"{name}.Available"));
    }
}

/// <summary>A step that was taken: where the guard holds it leads from one state to the other.</summary>
internal sealed record Taken(MicroStep Step, SymbolicState Before, object[] Arguments, Formula May, SymbolicState After);
