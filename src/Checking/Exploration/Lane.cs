using System.Runtime.InteropServices;

namespace Checking.Exploration;

/// <summary>What one worker has for itself: its hands, its ring of successors that wait for memory, its counts.</summary>
/// <typeparam name="TWorker">the model's worker</typeparam>
internal sealed unsafe class Lane<TWorker> : IDisposable where TWorker : struct, IExpander
{
    /// <summary>Successors on their way: as many as the processor fetches at once, and a few more. A power of two.</summary>
    public const int RingSlots = 32;

    /// <summary>Of those, the ones whose home was full wait here for the lines beyond. A power of two.</summary>
    public const int LateSlots = 16;

    /// <summary>Bytes between what two workers write: two lines, since processors fetch them in pairs.</summary>
    private const int Apart = 128;

    private readonly int _actions;
    private bool _disposed;

    /// <param name="words">of a state</param>
    public Lane(TWorker expander, TWorker checker, int words, int actions)
    {
        Expander = expander;
        Checker = checker;
        nuint bytes = (nuint)((RingSlots + LateSlots) * SlotWords(words) * sizeof(ulong) / Apart + 1) * Apart;
        Ring = (ulong*)NativeMemory.AlignedAlloc(bytes, Apart);
        Late = Ring + RingSlots * SlotWords(words);
        _actions = actions;
        nuint counts = (nuint)(actions * sizeof(long) / Apart + 1) * Apart;
        Fired = (long*)NativeMemory.AlignedAlloc(counts, Apart);
        NativeMemory.Clear(Fired, counts);
        NativeMemory.Clear(Ring, bytes);
    }

    ~Lane() => Dispose();

    public TWorker Expander;

    /// <summary>Another worker of the model, because a state is checked in the midst of expanding another.</summary>
    public TWorker Checker;

    public ulong* Ring { get; }

    public ulong* Late { get; }

    public long* Fired { get; }

    /// <summary>How often something fired and left the state as it was.</summary>
    public long Noted { get; set; }

    /// <summary>How often something fired and changed the state. Approximate while the worker is at work.</summary>
    public long Transitions
    {
        get
        {
            long fired = 0;
            for (int action = 0; action < _actions; action++) fired += Volatile.Read(ref Fired[action]);
            return fired - Noted;
        }
    }

    /// <summary>New states since the counts were last gathered.</summary>
    public long Added { get; set; }

    /// <summary>How many of those the other workers know of.</summary>
    public long Told { get; set; }

    /// <summary>The states that those stand for under symmetry.</summary>
    public long Orbits { get; set; }

    /// <summary>Properties violated, and spoken of, since last gathered: a bit for each.</summary>
    public ulong Violated { get; set; }

    public ulong Reached { get; set; }

    /// <summary>Of the states violating a property the one that comes first in the table's order.</summary>
    public Violator? Least { get; set; }

    /// <summary>The block being filled; null if there is none.</summary>
    public FrontierBlock? Open { get; set; }

    /// <summary>States for which the table had no room, the leading bits of the parent's hash before each.</summary>
    public List<ulong> Homeless { get; } = [];

    /// <summary>Why a block could not be put on disk. The worker goes on to the end of its chunk in memory.</summary>
    public IOException? DiskFailure { get; set; }

    /// <summary>Mark, hash and the state itself.</summary>
    public static int SlotWords(int words) => words + 2;

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        NativeMemory.AlignedFree(Ring);
        NativeMemory.AlignedFree(Fired);
        Expander.Dispose();
        Checker.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A state that violates some properties.</summary>
/// <param name="Properties">a bit for each</param>
internal sealed record Violator(ulong Hash, ulong[] State, ulong Properties)
{
    /// <summary>Whether this one is reported rather than the other: the order does not depend on who found it when.</summary>
    public bool ComesBefore(Violator? other) =>
        other is null || Hash < other.Hash || (Hash == other.Hash && State.AsSpan().SequenceCompareTo(other.State) < 0);
}
