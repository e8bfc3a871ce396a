namespace Checking.Exploration;

/// <summary>What became of a state put into the visited table.</summary>
internal enum Insertion
{
    /// <summary>It was there; its link now names the lesser of both parents if it was found on the level being built.</summary>
    Known,
    New,

    /// <summary>No room near its home: the table has to grow first.</summary>
    Full,
}

/// <summary>The states seen so far, each with the level it is on and a link to its parent. A struct, so that the search is
/// compiled for it; workers hold copies, which are stale once the table has grown.</summary>
/// <remarks>The home of a state rises with its hash, so the table lies in the order of hashes, roughly. Hence it grows in place,
/// and a link needs no more than the leading bits of the parent's hash: the parent is the state of the level before, with the
/// least hash of all that lead here, and it is found by scanning the short part of the table that those bits name.</remarks>
internal unsafe interface IVisitedTable
{
    /// <summary>Words of a state.</summary>
    int Words { get; }

    /// <summary>States that may be stored before the table should grow.</summary>
    long Comfortable { get; }

    /// <summary>States that may be stored, slowly, when it cannot.</summary>
    long Utmost { get; }

    /// <summary>Bytes of the table.</summary>
    long Bytes { get; }

    /// <summary>Leading bits of the parent's hash that a link holds.</summary>
    int LinkBits { get; }

    /// <summary>A hash of 64 bits whose order is the order of the table.</summary>
    ulong Hash(ulong* state);

    void Prefetch(ulong hash);

    /// <summary>Fetches what follows the home of a state, for a search that will go on there.</summary>
    void PrefetchBeyond(ulong hash);

    /// <summary>Level and link as they are stored: the lesser mark on one level has the lesser parent.</summary>
    ulong Mark(int level, ulong parentHash);

    /// <summary>Inserts if that can be told from the home alone.</summary>
    /// <returns><see cref="Insertion.Full"/> if the search has to go on beyond</returns>
    Insertion InsertAtHome(ulong hash, ulong* state, ulong mark, bool shared);

    /// <param name="shared">whether other threads insert at the same time</param>
    Insertion Insert(ulong hash, ulong* state, ulong mark, bool shared);

    /// <summary>The link of a state that is in the table.</summary>
    /// <exception cref="KeyNotFoundException">it is not</exception>
    ulong Link(ulong hash, ulong* state);

    /// <summary>Makes room: for a quarter more states and for at least <paramref name="levels"/> levels.</summary>
    /// <param name="limit">bytes the table may have</param>
    /// <returns>false if that does not fit; the table is then as it was</returns>
    bool TryGrow(int levels, long limit);

    /// <summary>Makes sure that marks can tell so many levels apart, growing if they must.</summary>
    bool TryHold(int levels, long limit);

    /// <summary>All states of a level whose hash lies within the bounds, both included; their words one after the other.</summary>
    List<ulong> StatesOf(int level, ulong leastHash, ulong greatestHash);
}
