using Checking.Exploration;

namespace Checking.PageTypes;

/// <summary>One worker's view of the small model.</summary>
public readonly unsafe struct PageTypesExpander : IExpander
{
    private readonly PageTypesHands _hands;

    internal PageTypesExpander(PageTypesHands hands) => _hands = hands;

    public void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct => _hands.Begin(ref sink);

    public void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct => _hands.Expand(state, ref sink);

    public void Check(ulong* state, out ulong violated, out ulong reached) => _hands.Check(state, out violated, out reached);

    public long Canonicalize(ulong* state) => _hands.Canonicalize(state);

    public void Dispose() => _hands.Dispose();
}
