using System.Linq.Expressions;
using System.Reflection;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Rings;

/// <summary>A step of a machine with every choice of arguments that a scope tries.</summary>
internal sealed class RingArguments
{
    private readonly Func<int[], bool> _take;
    private readonly (string Name, Sort? Sort)[] _parameters;

    public RingArguments(RingMachine machine, RingScope scope, RingActs act, int action)
    {
        Act = act;
        Action = action;
        MethodInfo method = typeof(ConcreteRingSteps).GetMethod(act.Step)!;
        _parameters = [.. method.GetParameters().Select(p => (p.Name!, p.ParameterType == typeof(Truth) ? (Sort?)null : RingWords.SortOf(p.Name!)))];
        _take = Compiled(machine.Steps, method);
        int v = Array.FindIndex(_parameters, p => p.Name == "v");
        All = [.. Choices(machine, scope).GroupBy(a => a[v]).OrderBy(g => g.Key).Select(g => g.ToArray())];
    }

    public RingActs Act { get; }

    /// <summary>The number that the search counts the step under.</summary>
    public int Action { get; }

    /// <summary>The choices, by the number of the vCPU that takes the step.</summary>
    public int[][][] All { get; }

    /// <summary>Takes the step.</summary>
    /// <returns>whether it happened</returns>
    public bool Take(int[] arguments) => _take(arguments);

    public string Told(int[] arguments) => RingAct.Told(
        Act.Step,
        _parameters,
        [.. arguments.Zip(_parameters).Select(a => a.Second.Sort is null ? (object)new Truth(a.First != 0) : new Number(a.First))]);

    /// <summary>Reflection once, and no more for each state.</summary>
    private static Func<int[], bool> Compiled(ConcreteRingSteps steps, MethodInfo method)
    {
        ParameterExpression given = Expression.Parameter(typeof(int[]));
        IEnumerable<Expression> arguments = method.GetParameters().Select((p, k) =>
        {
            Expression number = Expression.ArrayIndex(given, Expression.Constant(k));
            return p.ParameterType == typeof(Truth)
                ? Expression.New(typeof(Truth).GetConstructors().Single(c => c.GetParameters().Length == 1), Expression.NotEqual(number, Expression.Constant(0)))
                : (Expression)Expression.New(typeof(Number).GetConstructors().Single(c => c.GetParameters().Length == 1), number);
        });
        Expression taken = Expression.Property(Expression.Call(Expression.Constant(steps), method, arguments), nameof(Truth.Value));
        return Expression.Lambda<Func<int[], bool>>(taken, given).Compile();
    }

    private IEnumerable<int[]> Choices(RingMachine machine, RingScope scope)
    {
        IEnumerable<int[]> choices = _parameters.Aggregate(
            (IEnumerable<int[]>)[[]],
            (all, parameter) => from some in all from word in Words(machine, scope.Part, parameter) select (int[])[.. some, word]);
        return Act.Step == nameof(ConcreteRingSteps.Iret) ? choices.Where(a => AreFlagsTried(scope.Part, a)) : choices;
    }

    /// <summary>Addresses are those that matter to the part; of everything else there is all that the world has.</summary>
    private IEnumerable<int> Words(RingMachine machine, RingPart part, (string Name, Sort? Sort) parameter) => parameter.Sort switch
    {
        null => [0, 1],
        Sort.Address => Addresses(part, parameter.Name),
        Sort.Slot when part == RingPart.Registers => [RingWorld.LentCode],
        Sort.Ring when parameter.Name == "again" => [0], // Whatever it is, nothing is to come of it.
        Sort.Ring when Act.Step == nameof(ConcreteRingSteps.SetIopl) => [0, 1, 3], // 1 and 2 open ports to the same code.
        { } sort => Enumerable.Range(0, machine.Size(sort)),
    };

    /// <summary>To tell apart: of stacks and data whether they are Xen's, or come to be; of instructions and bases whether they are canonical.</summary>
    private int[] Addresses(RingPart part, string parameter) => (part, parameter, Act.Step) switch
    {
        (RingPart.Registers, _, nameof(ConcreteRingSteps.Iret)) or (_, "stack", nameof(ConcreteRingSteps.Iret)) => [RingWorld.Plain],
        (RingPart.Registers, _, nameof(ConcreteRingSteps.EndHypercall)) => [RingWorld.Plain],
        (_, _, nameof(ConcreteRingSteps.SetBase)) => [RingWorld.Plain, RingWorld.Odd],
        (RingPart.Segments or RingPart.Registers, _, _) or (_, _, nameof(ConcreteRingSteps.Touch)) => [RingWorld.Plain, RingWorld.Xens],
        (_, _, nameof(ConcreteRingSteps.CopyWord) or nameof(ConcreteRingSteps.EndCopy)) => [RingWorld.Plain, RingWorld.AboveXen],
        (_, "stack" or "low", _) or (_, _, nameof(ConcreteRingSteps.MoveStack)) => [RingWorld.Plain, RingWorld.AboveXen, RingWorld.Xens],
        (_, _, nameof(ConcreteRingSteps.SetKernelStack)) => [RingWorld.Plain, RingWorld.AboveXen],
        _ => [RingWorld.Plain, RingWorld.Odd],
    };

    /// <summary>The flags of an iret frame are all as Xen would have them, or, where traps are looked at, none is.</summary>
    private bool AreFlagsTried(RingPart part, int[] arguments)
    {
        int At(string name) => arguments[Array.FindIndex(_parameters, p => p.Name == name)];
        return (At("interruptible"), At("iopl"), At("nested"), At("virtual8086")) is var flags
            && (flags == (1, 0, 0, 0) || (part == RingPart.Traps && flags == (0, 1, 1, 1)));
    }
}
