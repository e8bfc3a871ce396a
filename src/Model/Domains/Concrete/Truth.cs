namespace Model.Domains.Concrete;

/// <summary>A truth value as the machine has it.</summary>
public readonly struct Truth(bool value) : IBit<Truth>
{
    /// <summary>The truth itself.</summary>
    public bool Value { get; } = value;

    public bool Never => !Value;

    public static Truth Of(bool value) => new(value);

    public static Truth operator &(Truth a, Truth b) => new(a.Value & b.Value);

    public static Truth operator |(Truth a, Truth b) => new(a.Value | b.Value);

    public static Truth operator !(Truth a) => new(!a.Value);

    public static bool operator true(Truth a) => a.Value;

    public static bool operator false(Truth a) => !a.Value;

    public static implicit operator bool(Truth a) => a.Value;

    public static implicit operator Truth(bool a) => new(a);
}
