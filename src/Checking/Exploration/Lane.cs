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

    private bool _disposed;

    /// <param name="words">of a state</param>
    public Lane(TWorker expander, TWorker checker, int words, int actions)
    {
        Expander = expander;
        Checker = checker;
        nuint bytes = (nuint)((RingSlots + LateSlots) * SlotWords(words) * sizeof(ulong));
        Ring = (ulong*)NativeMemory.AlignedAlloc(bytes, 64);
        Late = Ring + RingSlots * SlotWords(words);
        Fired = (long*)NativeMemory.AllocZeroed((nuint)Math.Max(1, actions), sizeof(long));
        NativeMemory.Clear(Ring, bytes);
    }

    ~Lane() => Dispose();

    public TWorker Expander;

    /// <summary>Another worker of the model, because a state is checked in the midst of expanding another.</summary>
    public TWorker Checker;

    public ulong* Ring { get; }

    public ulong* Late { get; }

    public long* Fired { get; }

    public long Transitions;

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
        NativeMemory.Free(Fired);
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
