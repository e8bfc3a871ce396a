using System.Numerics;
using System.Runtime.CompilerServices;
using Model.Domains;

namespace Checking.PageTypes;

/// <summary>A relation as a packed state has it.</summary>
/// <remarks>
/// Where the last column has at most one word for the others, a point keeps 1 + its number, or 0; elsewhere it keeps a bit. What is
/// no point is only ever emptied, as steps do.
/// </remarks>
/// <param name="cell">the state</param>
/// <param name="field">its bits</param>
internal readonly unsafe struct PackedRelation<TShape>(ulong* cell, ulong field)
    : IRelation<PackedRelation<TShape>, PackedBit, PackedWord>
    where TShape : struct, IShape
{
    private readonly ulong* _cell = cell;
    private readonly ulong _field = field;

    private bool IsAtMostOne => _field >> Field.AtMostOne != 0;

    private uint Rows => (byte)(_field >> Field.Rows);

    private uint Columns => (byte)(_field >> Field.Columns);

    public PackedBit this[PackedWord a]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => PackedBit.Of(Point(a.Value, 0));
    }

    public PackedBit this[PackedWord a, PackedWord b]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => IsAtMostOne ? PackedBit.Of(Point(a.Value, 0) == b.Value + 1) : PackedBit.Of(Point(a.Value, b.Value));
    }

    public PackedBit this[PackedWord a, PackedWord b, PackedWord c]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => PackedBit.Of(Point(a.Value, b.Value) == c.Value + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(PackedBit when, PackedBit value, PackedWord a)
    {
        if (when) Keep(a.Value, 0, value.Number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(PackedBit when, PackedBit value, PackedWord a, PackedWord? b)
    {
        if (!when) return;

        if (b is not { } column) KeepRow(a.Value, 0);
        else if (IsAtMostOne) Name(value, a.Value, 0, column);
        else Keep(a.Value, column.Value, value.Number);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(PackedBit when, PackedBit value, PackedWord a, PackedWord? b, PackedWord? c)
    {
        if (!when) return;

        if (b is not { } column) KeepRow(a.Value, 0);
        else if (c is not { } last) Keep(a.Value, column.Value, 0);
        else Name(value, a.Value, column.Value, last);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PackedBit Empty(PackedWord? a, PackedWord? b) =>
        PackedBit.Of(a is { } row && b is null ? Row(row.Value) == 0 : Count(this, a, b) == 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PackedBit Empty(PackedWord? a, PackedWord? b, PackedWord? c) =>
        PackedBit.Of(a is { } row && b is { } column && c is null ? Point(row.Value, column.Value) == 0 : Count(this, a, b, c) == 0);

    public PackedBit Only(PackedWord a, PackedWord b)
    {
        for (uint row = 0; row < Rows; row++)
        {
            if (row != a.Value && this[new(row), b]) return PackedBit.Of(false);
        }

        return PackedBit.Of(true);
    }

    public PackedBit Only(PackedWord a, PackedWord b, PackedWord c, PackedRelation<TShape> beside) =>
        PackedBit.Of(Count(this, null, null, c) - Count(beside, null, null, c) == (this[a, b, c] && !beside[a, b, c] ? 1 : 0));

    public PackedBit Within(PackedRelation<TShape> bound, PackedWord a)
    {
        for (uint column = 0; column < Columns; column++)
        {
            if (Point(a.Value, column) != 0 && !bound[a, new(column)]) return PackedBit.Of(false);
        }

        return PackedBit.Of(true);
    }

    public PackedWord Count(PackedWord? a, PackedWord? b) => Count(this, a, b);

    public PackedWord Count(PackedWord? a, PackedWord? b, PackedWord? c) => Count(this, a, b, c);

    public PackedRelation<TShape> Copy() => throw new InvalidOperationException("a packed state is copied as a whole");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Point(uint a, uint b) =>
        Cell<TShape>.Read(
            _cell,
            (ushort)_field + (a * (ushort)(_field >> Field.Pitch)) + (b * (byte)(_field >> Field.Width)),
            (byte)(_field >> Field.Width));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Row(uint a) =>
        Cell<TShape>.Read(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)), (ushort)(_field >> Field.Pitch));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Keep(uint a, uint b, ulong value) =>
        Cell<TShape>.Write(
            _cell,
            (ushort)_field + (a * (ushort)(_field >> Field.Pitch)) + (b * (byte)(_field >> Field.Width)),
            (byte)(_field >> Field.Width),
            value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void KeepRow(uint a, ulong bits) =>
        Cell<TShape>.Write(_cell, (ushort)_field + (a * (ushort)(_field >> Field.Pitch)), (ushort)(_field >> Field.Pitch), bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Name(PackedBit value, uint a, uint b, PackedWord last)
    {
        if (value) Keep(a, b, last.Value + 1);
        else if (Point(a, b) == last.Value + 1) Keep(a, b, 0);
    }

    // A copy is passed, as a variable whose address is taken stays in memory.
    private static int Count(PackedRelation<TShape> relation, PackedWord? a, PackedWord? b)
    {
        int count = 0;
        for (uint row = a?.Value ?? 0; row <= (a?.Value ?? relation.Rows - 1); row++)
        {
            count += b is { } column ? (relation[new(row), column] ? 1 : 0)
                : relation.IsAtMostOne ? (relation.Row(row) == 0 ? 0 : 1)
                : BitOperations.PopCount(relation.Row(row));
        }

        return count;
    }

    private static int Count(PackedRelation<TShape> relation, PackedWord? a, PackedWord? b, PackedWord? c)
    {
        int count = 0;
        for (uint row = a?.Value ?? 0; row <= (a?.Value ?? relation.Rows - 1); row++)
        {
            for (uint column = b?.Value ?? 0; column <= (b?.Value ?? relation.Columns - 1); column++)
            {
                if (c is { } last ? relation[new(row), new(column), last] : relation.Point(row, column) != 0) count++;
            }
        }

        return count;
    }
}
