using Checking.Exploration;

namespace Checking.Rings;

/// <summary>One worker's view of ring protection.</summary>
public readonly unsafe struct RingExpander : IExpander
{
    private readonly RingHands _hands;

    internal RingExpander(RingHands hands) => _hands = hands;

    public void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct => _hands.Begin(ref sink);

    public void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct => _hands.Expand(state, ref sink);

    public void Check(ulong* state, out ulong violated, out ulong reached) => _hands.Check(state, out violated, out reached);

    /// <summary>The worlds are too small for renamings to be worth while.</summary>
    public long Canonicalize(ulong* state) => 1;

    public void Dispose()
    {
    }
}
