using Checking.Exploration;
using Model;

namespace Checking.Memory;

/// <summary>One worker's machine: takes a state, does everything that the scope allows, and gives what comes of it.</summary>
public readonly unsafe struct MemoryExpander : IExpander
{
    private readonly Hands _hands;

    internal MemoryExpander(MemoryScope scope, Coverage coverage, Renaming[] renamings) => _hands = new(scope, coverage, renamings);

    public void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct => sink.Add(_hands.First, 0);

    public void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct => _hands.Expand(state, ref sink);

    public void Check(ulong* state, out ulong violated, out ulong reached) => _hands.Check(state, out violated, out reached);

    public long Canonicalize(ulong* state) => _hands.Canonicalize(state);

    /// <summary>There is nothing to give back: a machine is ordinary memory.</summary>
    public void Dispose()
    {
    }
}
