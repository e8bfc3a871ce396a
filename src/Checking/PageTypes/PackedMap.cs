using System.Runtime.CompilerServices;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.PageTypes;

/// <summary>A function of frames as a packed state has it.</summary>
internal readonly unsafe struct PackedMap<TShape>(ulong* cell, ulong field) : IMap<PackedMap<TShape>, Truth, Number>
    where TShape : struct, IShape
{
    private readonly ulong* _cell = cell;
    private readonly ulong _field = field;

    public Number this[Number at]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((int)Cell<TShape>.Read(_cell, (ushort)_field + (at.Value * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(Truth when, Number at, Number value)
    {
        if (when.Value) Cell<TShape>.Write(_cell, (ushort)_field + (at.Value * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width), (ulong)value.Value);
    }

    public PackedMap<TShape> Copy() => throw new InvalidOperationException("a packed state is copied as a whole");
}
