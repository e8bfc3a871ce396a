using System.Collections;
using System.Reflection;
using Implementation.Memory;
using Implementation.Snapshots;

namespace Conformance.Tests.Simulation;

/// <summary>Compares all that can be reached from two objects, private fields included.</summary>
internal sealed class Graphs
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<(string Path, object? A, object? B)> _open = [];

    /// <summary>How many pairs of objects and values were compared.</summary>
    public int Compared { get; private set; }

    /// <returns>the fields that lead to the first difference; null if there is none</returns>
    public string? Difference(object a, object b)
    {
        _open.Push(("", a, b));
        while (_open.TryPop(out (string Path, object? A, object? B) next))
        {
            if (!AreAlike(next.Path, next.A, next.B)) return $"{next.Path}: {next.A ?? "null"} and {next.B ?? "null"}";
        }

        return null;
    }

    private bool AreAlike(string path, object? a, object? b)
    {
        Compared++;
        if (a is null || b is null) return a is null && b is null;
        if (a.GetType() != b.GetType()) return false;
        if (a is string or Enum or Type || a.GetType().IsPrimitive) return a.Equals(b);
        if (!a.GetType().IsValueType && !_seen.Add(a)) return true;
        return a switch
        {
            PhysicalMemory memory => AreAlike(memory, (PhysicalMemory)b),
            IRestorable => true, // Outside the managed heap.
            Delegate function => AreAlike(path, function.Target, ((Delegate)b).Target),
            // Where something is in a table of hashes differs from one object to the next.
            IEnumerable each when a is Array || a.GetType().Namespace?.StartsWith("System", StringComparison.Ordinal) == true => Push(path, each, (IEnumerable)b),
            _ => PushFields(path, a, b),
        };
    }

    private static bool AreAlike(PhysicalMemory a, PhysicalMemory b)
    {
        for (ulong mfn = 0; mfn < a.Frames; mfn++)
        {
            if (!a.Frame(mfn).SequenceEqual(b.Frame(mfn))) return false;
        }

        return a.Frames == b.Frames;
    }

    private bool Push(string path, IEnumerable a, IEnumerable b)
    {
        object?[] ofA = [.. a.Cast<object?>()], ofB = [.. b.Cast<object?>()];
        for (int i = 0; i < Math.Min(ofA.Length, ofB.Length); i++) _open.Push(($"{path}[{i}]", ofA[i], ofB[i]));
        return ofA.Length == ofB.Length;
    }

    private bool PushFields(string path, object a, object b)
    {
        foreach (FieldInfo field in FieldCopier.Fields(a.GetType()))
        {
            if (!field.FieldType.IsPointer) _open.Push(($"{path}.{field.Name}", field.GetValue(a), field.GetValue(b)));
        }

        return true;
    }
}
