using System.Numerics;
using System.Runtime.CompilerServices;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.PageTypes;

/// <summary>A relation as a packed state has it.</summary>
/// <param name="cell">the state</param>
/// <param name="field">its bits</param>
/// <param name="atMostOne">
/// the last column has at most one word for the others, and the point keeps 1 + its number, or 0; otherwise a point keeps a bit
/// </param>
internal readonly unsafe struct PackedRelation<TShape>(ulong* cell, Field field, bool atMostOne)
    : IRelation<PackedRelation<TShape>, Truth, Number>
    where TShape : struct, IShape
{
    public Truth this[Number a]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Point(a.Value, 0) != 0;
    }

    public Truth this[Number a, Number b]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => atMostOne ? Point(a.Value, 0) == Named(b) : Point(a.Value, b.Value) != 0;
    }

    public Truth this[Number a, Number b, Number c]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Point(a.Value, b.Value) == Named(c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(Truth when, Truth value, Number a)
    {
        if (when.Value) Keep(a.Value, 0, value.Value ? 1UL : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(Truth when, Truth value, Number a, Number? b)
    {
        if (!when.Value) return;

        if (atMostOne) Name(value, a.Value, 0, b);
        else if (b is { } column) Keep(a.Value, column.Value, value.Value ? 1UL : 0);
        else Cell<TShape>.Write(cell, field.At + (a.Value * field.Pitch), field.Pitch, value.Value ? ~0UL : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(Truth when, Truth value, Number a, Number? b, Number? c)
    {
        if (!when.Value) return;

        if (b is { } column) Name(value, a.Value, column.Value, c);
        else Cell<TShape>.Write(cell, field.At + (a.Value * field.Pitch), field.Pitch, value.Value ? throw Unasked() : 0UL);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Truth Empty(Number? a, Number? b)
    {
        if (a is { } row) return b is { } column ? !this[row, column] : Row(row.Value) == 0;

        return Count(a, b).Value == 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Truth Empty(Number? a, Number? b, Number? c)
    {
        if (a is { } row && b is { } column) return c is { } named ? !this[row, column, named] : Point(row.Value, column.Value) == 0;

        return Count(a, b, c).Value == 0;
    }

    public Truth Only(Number a, Number b)
    {
        for (int row = 0; row < field.Rows; row++)
        {
            if (row != a.Value && this[row, b]) return false;
        }

        return true;
    }

    public Truth Within(PackedRelation<TShape> bound, Number a)
    {
        for (int column = 0; column < field.Columns; column++)
        {
            if (Point(a.Value, column) != 0 && !bound[a, column]) return false;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Number Count(Number? a, Number? b)
    {
        if (a is { } row)
        {
            if (b is { } column) return Number.One(this[row, column]);
            return atMostOne ? Number.One(Row(row.Value) != 0) : BitOperations.PopCount(Row(row.Value));
        }

        int count = 0;
        for (int each = 0; each < field.Rows; each++)
        {
            if (b is { } column ? this[each, column] : Row(each) != 0) count++;
        }

        return count;
    }

    public Number Count(Number? a, Number? b, Number? c)
    {
        int count = 0;
        for (int row = a?.Value ?? 0; row <= (a?.Value ?? field.Rows - 1); row++)
        {
            for (int column = b?.Value ?? 0; column <= (b?.Value ?? field.Columns - 1); column++)
            {
                if (c is { } named ? this[row, column, named] : Point(row, column) != 0) count++;
            }
        }

        return count;
    }

    public PackedRelation<TShape> Copy() => throw new InvalidOperationException("a packed state is copied as a whole");

    /// <summary>What a point of which the last word is related keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Named(Number last) => (ulong)(last.Value + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Point(int a, int b) => Cell<TShape>.Read(cell, field.At + (a * field.Pitch) + (b * field.Width), field.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Row(int a) => Cell<TShape>.Read(cell, field.At + (a * field.Pitch), field.Pitch);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int a, int b, ulong value) =>
        Cell<TShape>.Write(cell, field.At + (a * field.Pitch) + (b * field.Width), field.Width, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Name(Truth value, int a, int b, Number? last)
    {
        if (value.Value) Keep(a, b, last is { } named ? Named(named) : throw Unasked());
        else if (last is not { } former || Point(a, b) == Named(former)) Keep(a, b, 0);
    }

    private static InvalidOperationException Unasked() => new("a relation is set point by point");
}
