using System.Runtime.CompilerServices;
using Model.Domains;

namespace Checking.PageTypes;

/// <summary>The number of a frame, slot, domain or use, or a count, which wraps around like the field that keeps it.</summary>
internal readonly struct PackedWord : IWord<PackedWord, PackedBit>
{
    public readonly uint Value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PackedWord(uint value) => Value = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedWord Literal(Sort sort, int value) => new((uint)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedWord One(PackedBit bit) => new((uint)bit.Number);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit operator ==(PackedWord a, PackedWord b) => PackedBit.Of(a.Value == b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedBit operator !=(PackedWord a, PackedWord b) => PackedBit.Of(a.Value != b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedWord operator +(PackedWord a, PackedWord b) => new(a.Value + b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PackedWord operator -(PackedWord a, PackedWord b) => new(a.Value - b.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator PackedWord(int value) => new((uint)value);

    public override bool Equals(object? obj) => obj is PackedWord other && other.Value == Value;

    public override int GetHashCode() => (int)Value;
}
