namespace Checking.Exploration;

/// <summary>A property as reports show it.</summary>
/// <param name="Id">the clause that states it</param>
/// <param name="Says">its sentence, word for word</param>
public sealed record Property(string Id, string Says, string Source);

/// <summary>Something that must happen somewhere in a scope, or the scope shows less than it seems to.</summary>
/// <param name="Id">"mmu_update", "mmu_update -EINVAL", "I-TLINEAR"</param>
/// <param name="Says">"mmu_update succeeds", "an entry names a table of its own level"</param>
/// <param name="IsRequired">a complete search that never sees it is vacuous</param>
/// <param name="Impossible">why it cannot happen in this scope; null if it can</param>
/// <param name="IsLoss">where it happens, part of the scope is not looked at</param>
public sealed record Witness(string Id, string Says, bool IsRequired = false, string? Impossible = null, bool IsLoss = false);

/// <summary>A model as the explorer sees it: states of a fixed number of bits, and what follows from each. One for all workers.</summary>
public interface IExplorable<TWorker> where TWorker : struct, IExpander
{
    /// <summary>The scope in words that the command line takes: "pagetypes --frames 4 --entries 1 --movable 1".</summary>
    string Scope { get; }

    /// <summary>Bits of a packed state, from the declared ranges of its parts.</summary>
    int StateBits { get; }

    /// <summary>What is checked of every state; at most 64.</summary>
    IReadOnlyList<Property> Properties { get; }

    /// <summary>What can fire: the index is the action's number in <see cref="ISink.Add"/> and <see cref="ISink.Note"/>.</summary>
    IReadOnlyList<Witness> Actions { get; }

    /// <summary>How many symmetries the scope has: the size of the group of renamings; 1 if it has none.</summary>
    long Renamings { get; }

    /// <summary>The hands of one worker; not shared between threads.</summary>
    TWorker NewWorker();

    /// <summary>One line for the step from a state to the next, as traces show it: "d1  mmu_update  mfn:0[0] := mfn:0 rw  = 0".</summary>
    string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after);

    /// <summary>What a state is, fact by fact, so that a trace can show what changed: key "mfn:0", value "d1  L4 ×1 pinned".</summary>
    IReadOnlyList<KeyValuePair<string, string>> Facts(ReadOnlySpan<ulong> state);

    /// <summary>What breaks the property in the state, in the domain's words.</summary>
    string Violation(int property, ReadOnlySpan<ulong> state);
}

/// <summary>One worker's view of the model. All states are packed; their words are little-endian bit strings.</summary>
public unsafe interface IExpander : IDisposable
{
    /// <summary>Puts every first state into the sink.</summary>
    void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct;

    /// <summary>Puts every successor of the state into the sink, always in the same order.</summary>
    void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct;

    /// <summary>Bit i of <paramref name="violated"/>: property i is false here; of <paramref name="reached"/>: what it speaks of is here.</summary>
    void Check(ulong* state, out ulong violated, out ulong reached);

    /// <summary>Replaces the state by the least of its orbit under the scope's renamings.</summary>
    /// <returns>how many states the orbit has</returns>
    long Canonicalize(ulong* state);
}

/// <summary>Where a model puts successors.</summary>
public unsafe interface ISink
{
    /// <summary>A successor that differs from the state it comes from. The words are copied.</summary>
    void Add(ulong* successor, int action);

    /// <summary>An action that happened and left the state as it was: a refused hypercall.</summary>
    void Note(int action);
}
