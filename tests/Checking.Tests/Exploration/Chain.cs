using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>One state after the other, each with a way back to the state before it; the last violates the property.</summary>
internal sealed class Chain(int bits, ulong last) : ArtificialModel<Chain.Worker>($"chain {last}", bits, actions: 2)
{
    public override Worker NewWorker() => new(last);

    internal unsafe struct Worker(ulong last) : IExpander
    {
        public readonly void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            ulong first = 0;
            sink.Add(&first, 0);
        }

        public readonly void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            ulong next = *state + 1, before = *state - 1;
            if (*state < last) sink.Add(&next, 0);
            if (*state > 0) sink.Add(&before, 1);
        }

        public readonly void Check(ulong* state, out ulong violated, out ulong reached)
        {
            violated = *state == last ? 1UL : 0;
            reached = 1;
        }

        public readonly long Canonicalize(ulong* state) => 1;

        public readonly void Dispose()
        {
        }
    }
}
