using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;

namespace Implementation.Snapshots;

/// <summary>Copies the fields of one object that can change into another of the same type, at the speed of code written by hand.</summary>
internal static class FieldCopier
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConcurrentDictionary<Type, Action<object, object>?> Copiers = [];

    /// <summary>All fields of an instance, its base types' included.</summary>
    public static IEnumerable<FieldInfo> Fields(Type type)
    {
        for (Type? at = type; at is not null && at != typeof(object); at = at.BaseType)
        {
            foreach (FieldInfo field in at.GetFields(Declared)) yield return field;
        }
    }

    /// <summary>Copies (to, from); null for a type none of whose fields can change.</summary>
    public static Action<object, object>? Of(Type type) => Copiers.GetOrAdd(type, Make);

    private static Action<object, object>? Make(Type type)
    {
        FieldInfo[] changing = [.. Fields(type).Where(f => !f.IsInitOnly)];
        if (changing.Length == 0) return null;

        DynamicMethod method = new($"copy {type.Name}", null, [typeof(object), typeof(object)], type.Module, skipVisibility: true);
        ILGenerator il = method.GetILGenerator();
        foreach (FieldInfo field in changing)
        {
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldfld, field);
            il.Emit(OpCodes.Stfld, field);
        }

        il.Emit(OpCodes.Ret);
        return method.CreateDelegate<Action<object, object>>();
    }
}
