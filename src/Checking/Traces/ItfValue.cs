using System.Numerics;

namespace Checking.Traces;

/// <summary>A value of the Informal Trace Format (Apalache ADR-015).</summary>
public abstract record ItfValue
{
    private ItfValue()
    {
    }

    /// <summary>A truth value.</summary>
    public sealed record Bool(bool Value) : ItfValue;

    /// <summary>A string, also a value of an uninterpreted sort.</summary>
    public sealed record Text(string Value) : ItfValue;

    /// <summary>An integer of any size; written as <c>#bigint</c>, which the format demands of all integers.</summary>
    public sealed record Integer(BigInteger Value) : ItfValue;

    /// <summary>A sequence.</summary>
    public sealed record Sequence(IReadOnlyList<ItfValue> Items) : ItfValue;

    /// <summary>A tuple.</summary>
    public sealed record Tuple(IReadOnlyList<ItfValue> Items) : ItfValue;

    /// <summary>A set; the order of its items has no meaning.</summary>
    public sealed record Set(IReadOnlyList<ItfValue> Items) : ItfValue;

    /// <summary>A function with a finite domain.</summary>
    public sealed record Map(IReadOnlyList<(ItfValue Key, ItfValue Value)> Pairs) : ItfValue;

    /// <summary>A record. A variant is the record of its <c>tag</c> and <c>value</c>.</summary>
    public sealed record Record(IReadOnlyList<(string Field, ItfValue Value)> Fields) : ItfValue;

    public static implicit operator ItfValue(bool value) => new Bool(value);

    public static implicit operator ItfValue(string value) => new Text(value);

    public static implicit operator ItfValue(long value) => new Integer(value);

    public static implicit operator ItfValue(ulong value) => new Integer(value);

    /// <summary>A record of the given fields.</summary>
    public static Record Of(params (string Field, ItfValue Value)[] fields) => new(fields);
}

/// <summary>One state: its number, what led to it, and the value of each variable.</summary>
/// <param name="Meta">free form; integers in it are plain JSON numbers</param>
/// <param name="Values">one value for each variable of the trace</param>
public sealed record ItfState(ItfValue.Record Meta, IReadOnlyDictionary<string, ItfValue> Values);

/// <summary>A trace: an initial state and the states that the steps led to.</summary>
/// <param name="Meta">free form; holds <c>varTypes</c> so that Apalache can read the trace back</param>
/// <param name="Variables">names of the variables, in the order in which they are written</param>
public sealed record ItfTrace(ItfValue.Record Meta, IReadOnlyList<string> Variables, IReadOnlyList<ItfState> States);
