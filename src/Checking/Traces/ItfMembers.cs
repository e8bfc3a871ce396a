using System.Numerics;

namespace Checking.Traces;

/// <summary>Members of a record that a reader cannot do without.</summary>
/// <remarks>Each throws <see cref="InvalidDataException"/>, with one sentence, where the member is missing or of another type.</remarks>
public static class ItfMembers
{
    /// <summary>The member, or null if there is none of the name.</summary>
    public static ItfValue? Find(this ItfValue.Record record, string name)
    {
        foreach ((string field, ItfValue value) in record.Fields)
        {
            if (field == name) return value;
        }

        return null;
    }

    public static ItfValue.Record Record(this ItfValue.Record record, string name) => record.Member<ItfValue.Record>(name, "a record");

    public static ItfValue.Map Map(this ItfValue.Record record, string name) => record.Member<ItfValue.Map>(name, "a map");

    public static IReadOnlyList<ItfValue> Set(this ItfValue.Record record, string name) => record.Member<ItfValue.Set>(name, "a set").Items;

    public static string Text(this ItfValue.Record record, string name) => record.Member<ItfValue.Text>(name, "a string").Value;

    public static bool Bool(this ItfValue.Record record, string name) => record.Member<ItfValue.Bool>(name, "a truth value").Value;

    /// <summary>A string, or null if the member is missing.</summary>
    public static string? TextOrNull(this ItfValue.Record record, string name) => record.Find(name) is null ? null : record.Text(name);

    /// <summary>An integer from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static long Whole(this ItfValue.Record record, string name, long least = long.MinValue, long most = long.MaxValue)
    {
        BigInteger value = record.Member<ItfValue.Integer>(name, "an integer").Value;
        return value >= least && value <= most ? (long)value : throw new InvalidDataException($"'{name}' is {Shown(value)}, out of its bounds.");
    }

    /// <summary>An unsigned integer of 64 bits.</summary>
    public static ulong Unsigned(this ItfValue.Record record, string name)
    {
        BigInteger value = record.Member<ItfValue.Integer>(name, "an integer").Value;
        return value >= 0 && value <= ulong.MaxValue ? (ulong)value : throw new InvalidDataException($"'{name}' is {Shown(value)}, out of its bounds.");
    }

    private static string Shown(BigInteger value) => value.GetBitLength() <= 64 ? $"{value}" : $"a number of {value.GetBitLength()} bits";

    private static T Member<T>(this ItfValue.Record record, string name, string what) where T : ItfValue => record.Find(name) switch
    {
        null => throw new InvalidDataException($"'{name}' is missing."),
        T value => value,
        _ => throw new InvalidDataException($"'{name}' is not {what}."),
    };
}
