using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>The sliding puzzle of eight tiles. Half of all arrangements, 9! / 2 = 181,440, can be reached; the farthest takes 31
/// moves and there are two of them (Reinefeld 1993).</summary>
internal sealed class EightPuzzle() : ArtificialModel<EightPuzzle.Worker>("eight puzzle", 36, actions: 4)
{
    public override Worker NewWorker() => default;

    internal unsafe struct Worker : IExpander
    {
        // Cell by cell, four bits each; zero is the empty cell.
        private const ulong Solved = 0x876543210;

        public readonly void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            ulong solved = Solved;
            sink.Add(&solved, 0);
        }

        public readonly void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            int empty = 0;
            while ((*state >> (4 * empty) & 15) != 0) empty++;
            if (empty % 3 > 0) Slide(*state, empty, empty - 1, 0, ref sink);
            if (empty % 3 < 2) Slide(*state, empty, empty + 1, 1, ref sink);
            if (empty >= 3) Slide(*state, empty, empty - 3, 2, ref sink);
            if (empty < 6) Slide(*state, empty, empty + 3, 3, ref sink);
        }

        public readonly void Check(ulong* state, out ulong violated, out ulong reached) => violated = reached = 0;

        public readonly long Canonicalize(ulong* state) => 1;

        public readonly void Dispose()
        {
        }

        private static void Slide<TSink>(ulong state, int empty, int tile, int action, ref TSink sink)
            where TSink : struct, ISink, allows ref struct
        {
            ulong moved = state >> (4 * tile) & 15;
            ulong next = (state & ~(15UL << (4 * tile))) | moved << (4 * empty);
            sink.Add(&next, action);
        }
    }
}
