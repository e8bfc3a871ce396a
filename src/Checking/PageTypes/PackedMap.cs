using System.Runtime.CompilerServices;
using Model.Domains;

namespace Checking.PageTypes;

/// <summary>A function of frames as a packed state has it.</summary>
internal readonly unsafe struct PackedMap<TShape>(ulong* cell, ulong field) : IMap<PackedMap<TShape>, PackedBit, PackedWord>
    where TShape : struct, IShape
{
    private readonly ulong* _cell = cell;
    private readonly ulong _field = field;

    public PackedWord this[PackedWord at]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new((uint)Cell<TShape>.Read(
            _cell, (ushort)_field + (at.Value * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Assign(PackedBit when, PackedWord at, PackedWord value)
    {
        if (when)
        {
            Cell<TShape>.Write(
                _cell, (ushort)_field + (at.Value * (byte)(_field >> Field.Width)), (byte)(_field >> Field.Width), value.Value);
        }
    }

    public PackedMap<TShape> Copy() => throw new InvalidOperationException("a packed state is copied as a whole");
}
