using System.Reflection;
using Conformance.Generation;
using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Testing;

/// <summary>A method as a function from generated arguments to FsCheck's verdict.</summary>
internal sealed class PropertyMethod(MethodInfo method, object? instance)
{
    private readonly ParameterInfo[] _parameters = method.GetParameters();

    /// <summary>Namespace, class and name, as filters of test runners take it.</summary>
    public string FullName => $"{method.ReflectedType!.FullName}.{method.Name}";

    public Assembly Assembly => method.ReflectedType!.Assembly;

    public string ParameterName(int index) => _parameters[index].Name!;

    /// <summary>All arguments at once, shrunk one at a time, the first first.</summary>
    public Arbitrary<object?[]> Arguments(PropertySettings settings)
    {
        IArbMap map = settings.Arbitrary.Aggregate(ArbMap.Default.MergeArb(Scripts(settings.Shape)), (map, type) => map.Merge(type));
        Arbitrary<object>[] each = [.. _parameters.Select(p => map.ArbFor(p.ParameterType))];
        Gen<object?[]> all = Gen.CollectToArray(each, a => a.Generator)!;
        return Arb.From(all, Shrink);

        IEnumerable<object?[]> Shrink(object?[] arguments) =>
            from index in Enumerable.Range(0, each.Length)
            from smaller in each[index].Shrinker(arguments[index]!)
            select (object?[])[.. arguments[..index], smaller, .. arguments[(index + 1)..]];
    }

    /// <summary>Scripts as long as FsCheck's size.</summary>
    private static Arbitrary<Script> Scripts(StageShape shape)
    {
        return Arb.From(Gen.Sized(size => OfLength(Math.Max(size, 1)).Generator), OfLength(1).Shrinker);

        Arbitrary<Script> OfLength(int acts) => ScriptArbitrary.Of(new(shape, acts));
    }

    /// <exception cref="ArgumentException">the method returns what is no verdict</exception>
    public Property Verdict(object?[] arguments) => method.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, arguments, null) switch
    {
        null => true.ToProperty(),
        Task<bool> task => Wait(task).ToProperty(),
        Task<Property> task => Wait(task),
        Task task => Wait(task),
        ValueTask<bool> task => Wait(task.AsTask()).ToProperty(),
        ValueTask task => Wait(task.AsTask()),
        bool holds => holds.ToProperty(),
        Property property => property,
        object other => throw new ArgumentException($"{FullName} returns {other.GetType()}, which is no verdict"),
    };

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static Property Wait(Task task)
    {
        task.GetAwaiter().GetResult();
        return true.ToProperty();
    }
}
