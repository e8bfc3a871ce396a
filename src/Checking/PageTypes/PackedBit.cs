using System.Runtime.CompilerServices;
using Model.Domains;

namespace Checking.PageTypes;

/// <summary>A truth value kept as the number 0 or 1, so that joining two takes one instruction and no jump.</summary>
internal readonly struct PackedBit : IBit<PackedBit>
{
    private readonly int _bit;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PackedBit(int bit) => _bit = bit;

    public bool Never
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _bit == 0;
    }

    /// <summary>The number itself.</summary>
    public ulong Number
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)_bit;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit Of(bool value) => new(value ? 1 : 0);

    /// <summary>The bit that a number of 0 or 1 stands for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit Of(ulong number) => new((int)number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit operator &(PackedBit a, PackedBit b) => new(a._bit & b._bit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit operator |(PackedBit a, PackedBit b) => new(a._bit | b._bit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit operator !(PackedBit a) => new(a._bit ^ 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator true(PackedBit a) => a._bit != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator false(PackedBit a) => a._bit == 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator bool(PackedBit a) => a._bit != 0;
}
