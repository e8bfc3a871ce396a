// The reading of ring protection over a packed state of a small world.
global using ConcreteRingInvariants = Model.Rings.RingInvariants<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Checking.Rings.RingMap>;
global using ConcreteRings = Model.Rings.RingState<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Checking.Rings.RingMap>;
global using ConcreteRingSteps = Model.Rings.RingSteps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Checking.Rings.RingMap>;
using System.Numerics;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings.Faults;

namespace Checking.Rings;

/// <summary>A small world of ring protection: its state in a few words of memory, its steps and its invariants.</summary>
internal sealed class RingMachine
{
    /// <summary>What never changes is kept apart, and is no part of a packed state.</summary>
    private static readonly HashSet<string> s_constants =
    [
        nameof(State.Home), nameof(State.Is32), nameof(State.XensAddress), nameof(State.NonCanonical), nameof(State.FrameEnd),
        nameof(State.FrameWord), nameof(State.Next), nameof(State.XensPosition), nameof(State.IsEvent), nameof(State.Unmaskable), nameof(State.OwnStack),
    ];

    private readonly Dictionary<Sort, int> _sizes;
    private readonly ulong[] _constants = new ulong[4];
    private int _constantBits;

    /// <param name="sizes">how many words of each sort there are</param>
    /// <param name="fault">the mistake to make, if any</param>
    public RingMachine(IReadOnlyDictionary<Sort, int> sizes, RingFault? fault)
    {
        _sizes = new(sizes) { [Sort.Ring] = 4 };
        Cell = new ulong[Words(_sizes)];
        State = new(
            (name, sorts) => new(Related(name, sorts)),
            (name, from, to) => Mapped(name, from, to));
        Steps = fault?.Make(State) ?? new ConcreteRingSteps(State);
        Invariants = new(State);
    }

    /// <summary>The words of the state; whoever writes them changes the state.</summary>
    public ulong[] Cell { get; }

    /// <summary>Bits of the state.</summary>
    public int Bits { get; private set; }

    public ConcreteRings State { get; }

    public ConcreteRingSteps Steps { get; }

    public ConcreteRingInvariants Invariants { get; }

    /// <summary>How many words of the sort there are.</summary>
    public int Size(Sort sort) => _sizes[sort];

    /// <summary>Every choice of a word for each column.</summary>
    public IEnumerable<Number[]> Points(IEnumerable<Sort> columns) => columns.Aggregate(
        (IEnumerable<Number[]>)[[]],
        (points, column) => from point in points from word in Enumerable.Range(0, Size(column)) select (Number[])[.. point, new(word)]);

    /// <summary>Words that a state takes without what never changes.</summary>
    private static int Words(Dictionary<Sort, int> sizes)
    {
        int bits = 0;
        _ = new Model.Rings.RingState<Truth, Number, Facts, RingMap>(
            (name, sorts) =>
            {
                if (!s_constants.Contains(name)) bits += sorts.Aggregate(1, (product, sort) => product * sizes[sort]);
                return default;
            },
            (name, from, to) =>
            {
                if (!s_constants.Contains(name)) bits += sizes[from] * Width(sizes[to]);
                return default;
            });
        return (bits + 63) / 64;
    }

    private static int Width(int values) => Math.Max(1, BitOperations.Log2((uint)(values - 1)) + 1);

    private RingBits Related(string name, Sort[] sorts)
    {
        int[] sizes = [.. sorts.Select(s => _sizes[s])];
        (ulong[] cell, int at) = Take(name, sizes.Aggregate(1, (product, size) => product * size));
        return new(cell, at, sizes);
    }

    private RingMap Mapped(string name, Sort from, Sort to)
    {
        int width = Width(_sizes[to]);
        (ulong[] cell, int at) = Take(name, _sizes[from] * width);
        return new(cell, at, width);
    }

    private (ulong[] Cell, int At) Take(string name, int bits)
    {
        if (s_constants.Contains(name))
        {
            _constantBits += bits;
            return (_constants, _constantBits - bits);
        }

        Bits += bits;
        return (Cell, Bits - bits);
    }
}
