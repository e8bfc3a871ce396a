using System.Numerics;
using System.Runtime.CompilerServices;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.PageTypes;

/// <summary>A relation as a packed state has it.</summary>
/// <remarks>
/// Where the last column has at most one word for the others, a point keeps 1 + its number, or 0; elsewhere it keeps a bit. What is
/// no point is only ever emptied, as steps do.
/// </remarks>
/// <param name="cell">the state</param>
/// <param name="field">its bits</param>
internal readonly unsafe struct PackedRelation<TShape>(ulong* cell, ulong field)
    : IRelation<PackedRelation<TShape>, Truth, Number>
    where TShape : struct, IShape
{
    private readonly ulong* _cell = cell;
    private readonly ulong _field = field;

    private bool IsAtMostOne => _field >> Field.AtMostOne != 0;

    private int Rows => (byte)(_field >> Field.Rows);

    private int Columns => (byte)(_field >> Field.Columns);

    public Truth this[Number a]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Point(a.Value, 0) != 0;
    }

    public Truth this[Number a, Number b]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsAtMostOne ? Point(a.Value, 0) == Named(b) : Point(a.Value, b.Value) != 0;
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

        if (b is not { } column) KeepRow(a.Value, value.Value ? ~0UL : 0);
        else if (IsAtMostOne) Name(value, a.Value, 0, column);
        else Keep(a.Value, column.Value, value.Value ? 1UL : 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(Truth when, Truth value, Number a, Number? b, Number? c)
    {
        if (!when.Value) return;

        if (b is not { } column) KeepRow(a.Value, 0);
        else if (c is not { } last) Keep(a.Value, column.Value, 0);
        else Name(value, a.Value, column.Value, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Truth Empty(Number? a, Number? b) =>
        a is { } row && b is null ? Row(row.Value) == 0 : Count(this, a, b).Value == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Truth Empty(Number? a, Number? b, Number? c) =>
        a is { } row && b is { } column && c is null ? Point(row.Value, column.Value) == 0 : Count(this, a, b, c).Value == 0;

    public Truth Only(Number a, Number b)
    {
        for (int row = 0; row < Rows; row++)
        {
            if (row != a.Value && this[row, b]) return false;
        }

        return true;
    }

    public Truth Within(PackedRelation<TShape> bound, Number a)
    {
        for (int column = 0; column < Columns; column++)
        {
            if (Point(a.Value, column) != 0 && !bound[a, column]) return false;
        }

        return true;
    }

    public Number Count(Number? a, Number? b) => Count(this, a, b);

    public Number Count(Number? a, Number? b, Number? c) => Count(this, a, b, c);

    public PackedRelation<TShape> Copy() => throw new InvalidOperationException("a packed state is copied as a whole");

    /// <summary>What a point of which the last word is related keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Named(Number last) => (ulong)(last.Value + 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Point(int a, int b) => Cell<TShape>.Read(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)) + (b * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Row(int a) => Cell<TShape>.Read(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)), (ushort)(_field >> Field.Pitch));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(int a, int b, ulong value) =>
        Cell<TShape>.Write(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)) + (b * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepRow(int a, ulong bits) =>
        Cell<TShape>.Write(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)), (ushort)(_field >> Field.Pitch), bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Name(Truth value, int a, int b, Number last)
    {
        if (value.Value) Keep(a, b, Named(last));
        else if (Point(a, b) == Named(last)) Keep(a, b, 0);
    }

    // A copy is passed, as a variable whose address is taken stays in memory.
    private static Number Count(PackedRelation<TShape> relation, Number? a, Number? b)
    {
        int count = 0;
        for (int row = a?.Value ?? 0; row <= (a?.Value ?? relation.Rows - 1); row++)
        {
            count += b is { } column ? (relation[row, column] ? 1 : 0)
                : relation.IsAtMostOne ? (relation.Row(row) == 0 ? 0 : 1)
                : BitOperations.PopCount(relation.Row(row));
        }

        return count;
    }

    private static Number Count(PackedRelation<TShape> relation, Number? a, Number? b, Number? c)
    {
        int count = 0;
        for (int row = a?.Value ?? 0; row <= (a?.Value ?? relation.Rows - 1); row++)
        {
            for (int column = b?.Value ?? 0; column <= (b?.Value ?? relation.Columns - 1); column++)
            {
                if (c is { } last ? relation[row, column, last] : relation.Point(row, column) != 0) count++;
            }
        }

        return count;
    }
}
