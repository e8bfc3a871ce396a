using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Implementation.Snapshots;

/// <summary>The state of an object and of all that can be reached from it, to go back to any number of times.</summary>
/// <remarks>
/// Every field that is not read-only is copied, and every element of every array, so that what is added to a class later is part of its
/// snapshots without further ado. What a class keeps where no field shows it, it saves itself (<see cref="IRestorable"/>). Objects keep
/// their identity: references from outside stay good.
/// </remarks>
public sealed class Snapshot
{
    private static readonly MethodInfo Clone = typeof(object).GetMethod(nameof(MemberwiseClone), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly List<(object Object, object Saved, Action<object, object> Copy)> _objects = [];
    private readonly List<(Array Array, Array Saved)> _arrays = [];
    private readonly List<(IRestorable Object, object Saved)> _restorables = [];

    private Snapshot()
    {
    }

    /// <exception cref="NotSupportedException">something of a type that may have state which fields do not show was reached</exception>
    public static Snapshot Of(object root)
    {
        Snapshot snapshot = new();
        HashSet<object> seen = new(ReferenceEqualityComparer.Instance);
        Stack<object> open = new([root]);
        while (open.TryPop(out object? next))
        {
            if (seen.Add(next)) snapshot.Add(next, open);
        }

        return snapshot;
    }

    /// <summary>Objects, arrays and others of which it keeps a copy.</summary>
    public int Count => _objects.Count + _arrays.Count + _restorables.Count;

    /// <summary>Everything is as it was.</summary>
    public void Restore()
    {
        foreach ((object to, object saved, Action<object, object> copy) in CollectionsMarshal.AsSpan(_objects)) copy(to, saved);
        foreach ((Array to, Array saved) in CollectionsMarshal.AsSpan(_arrays)) Array.Copy(saved, to, saved.Length);
        foreach ((IRestorable to, object saved) in CollectionsMarshal.AsSpan(_restorables)) to.Restore(saved);
    }

    private void Add(object found, Stack<object> open)
    {
        switch (found)
        {
            case IRestorable restorable:
                _restorables.Add((restorable, restorable.Save()));
                break;

            case Array array:
                _arrays.Add((array, (Array)array.Clone()));
                OpenElements(array, open);
                break;

            case Delegate function:
                foreach (Delegate each in function.GetInvocationList()) Open(each.Target, open);
                break;

            case ValueType:
                OpenFields(found, found.GetType(), open);
                break;

            default:
                if (FieldCopier.Of(found.GetType()) is { } copy) _objects.Add((found, Clone.Invoke(found, null)!, copy));
                OpenFields(found, found.GetType(), open);
                break;
        }
    }

    private static void OpenElements(Array array, Stack<object> open)
    {
        Type element = array.GetType().GetElementType()!;
        if (element.IsPrimitive || element.IsEnum || element.IsPointer) return;
        foreach (object? each in array)
        {
            if (each is not null && element.IsValueType) OpenFields(each, element, open);
            else Open(each, open);
        }
    }

    private static void OpenFields(object of, Type type, Stack<object> open)
    {
        foreach (FieldInfo field in FieldCopier.Fields(type))
        {
            Type held = field.FieldType;
            if (held.IsPrimitive || held.IsEnum || held.IsPointer || held == typeof(string)) continue;
            object? value = field.GetValue(of);
            if (value is not null && held.IsValueType) OpenFields(value, value.GetType(), open);
            else Open(value, open);
        }
    }

    private static void Open(object? value, Stack<object> open)
    {
        if (value is null or string or Type) return;
        if (!IsKnown(value.GetType())) throw new NotSupportedException($"a snapshot does not know what state a {value.GetType()} has");
        open.Push(value);
    }

    /// <summary>Types of this solution, and those of the library that hold nothing but what their fields show.</summary>
    private static bool IsKnown(Type type) =>
        type.IsArray
        || type.Namespace is not { } name
        || !name.StartsWith("System", StringComparison.Ordinal)
        || name.StartsWith("System.Collections", StringComparison.Ordinal)
        || typeof(Delegate).IsAssignableFrom(type)
        || IsComparer(type)
        || type == typeof(object)
        || type.IsDefined(typeof(CompilerGeneratedAttribute));

    /// <summary>Comparers of dictionaries and sets, some of which the library keeps elsewhere, have no state.</summary>
    private static bool IsComparer(Type type) =>
        type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEqualityComparer<>));
}
