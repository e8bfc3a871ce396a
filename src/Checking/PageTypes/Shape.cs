namespace Checking.PageTypes;

/// <summary>A number as a type, so that the compiler of a generic method knows it as a constant.</summary>
internal interface INumeral
{
    static abstract int Value { get; }
}

internal readonly struct None : INumeral
{
    public static int Value => 0;
}

internal readonly struct Even<Half> : INumeral where Half : struct, INumeral
{
    public static int Value => 2 * Half.Value;
}

internal readonly struct Odd<Half> : INumeral where Half : struct, INumeral
{
    public static int Value => (2 * Half.Value) + 1;
}

/// <summary>The sizes of a scope as a type.</summary>
internal interface IShape
{
    static abstract int Frames { get; }

    static abstract int Slots { get; }
}

/// <inheritdoc cref="IShape"/>
internal readonly struct Shape<TFrames, TSlots> : IShape
    where TFrames : struct, INumeral
    where TSlots : struct, INumeral
{
    public static int Frames => TFrames.Value;

    public static int Slots => TSlots.Value;
}

/// <summary>From a number to its type.</summary>
internal static class Numerals
{
    /// <summary>The type that stands for a number that is not negative.</summary>
    public static Type Of(int value) => value == 0
        ? typeof(None)
        : (value % 2 == 0 ? typeof(Even<>) : typeof(Odd<>)).MakeGenericType(Of(value / 2));
}
