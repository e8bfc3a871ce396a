namespace Model.Domains.Concrete;

/// <summary>A word as the machine has it: the number of a frame, slot, domain, vCPU or type, or a count.</summary>
public readonly struct Number(int value) : IWord<Number, Truth>, IEquatable<Number>
{
    /// <summary>The number itself.</summary>
    public int Value { get; } = value;

    public static Number Literal(Sort sort, int value) => new(value);

    public static Number One(Truth bit) => new(bit.Value ? 1 : 0);

    public static Truth operator ==(Number a, Number b) => new(a.Value == b.Value);

    public static Truth operator !=(Number a, Number b) => new(a.Value != b.Value);

    public static Number operator +(Number a, Number b) => new(checked(a.Value + b.Value));

    public static Number operator -(Number a, Number b) => new(checked(a.Value - b.Value));

    public static implicit operator Number(int value) => new(value);

    public bool Equals(Number other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is Number other && Equals(other);

    public override int GetHashCode() => Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
