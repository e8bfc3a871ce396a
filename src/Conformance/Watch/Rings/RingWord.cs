// The reading of ring protection over the registers and tables of a running domain.
global using WatchedRingInvariants = Model.Rings.RingInvariants<
    Model.Domains.Concrete.Truth, Conformance.Watch.Rings.RingWord, Conformance.Watch.Rings.RingFacts, Conformance.Watch.Rings.RingValues>;
global using WatchedRings = Model.Rings.RingState<
    Model.Domains.Concrete.Truth, Conformance.Watch.Rings.RingWord, Conformance.Watch.Rings.RingFacts, Conformance.Watch.Rings.RingValues>;
global using WatchedRingSteps = Model.Rings.RingSteps<
    Model.Domains.Concrete.Truth, Conformance.Watch.Rings.RingWord, Conformance.Watch.Rings.RingFacts, Conformance.Watch.Rings.RingValues>;
using System.Globalization;
using Model.Domains;
using Model.Domains.Concrete;

namespace Conformance.Watch.Rings;

/// <summary>A word of ring protection as a machine of real size has it: the number of a vCPU, position, vector, ..., or a linear address of 64 bits.</summary>
internal readonly struct RingWord(ulong value) : IWord<RingWord, Truth>, IEquatable<RingWord>
{
    public ulong Value { get; } = value;

    /// <summary>The number, where it is none of an address.</summary>
    public int Index => (int)Value;

    public static RingWord Literal(Sort sort, int value) => new((ulong)value);

    public static RingWord One(Truth bit) => new(bit.Value ? 1UL : 0);

    public static Truth operator ==(RingWord a, RingWord b) => new(a.Value == b.Value);

    public static Truth operator !=(RingWord a, RingWord b) => new(a.Value != b.Value);

    public static RingWord operator +(RingWord a, RingWord b) => new(checked(a.Value + b.Value));

    public static RingWord operator -(RingWord a, RingWord b) => new(checked(a.Value - b.Value));

    public static implicit operator RingWord(int value) => new((ulong)value);

    public static implicit operator RingWord(ulong value) => new(value);

    public bool Equals(RingWord other) => Value == other.Value;

    public override bool Equals(object? obj) => obj is RingWord other && Equals(other);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value.ToString("x", CultureInfo.InvariantCulture);
}
