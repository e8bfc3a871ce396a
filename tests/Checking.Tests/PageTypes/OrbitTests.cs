using Checking.Exploration;
using Checking.PageTypes;

namespace Checking.Tests.PageTypes;

/// <summary>A state and the least of its orbit are the same but for names.</summary>
public sealed unsafe class OrbitTests
{
    [Theory]
    [InlineData(3, 1, 3, 12)]
    [InlineData(3, 2, 2, 2)]
    [InlineData(4, 1, 1, 2)]
    [InlineData(4, 1, 0, 8)]
    [InlineData(4, 2, 4, 48)]
    [InlineData(5, 1, 3, 12)]
    public void What_follows_from_a_state_follows_from_its_orbit(int frames, int entries, int movable, long renamings)
    {
        PageTypesModel model = new(new(frames, entries, movable));
        using PageTypesExpander worker = model.NewWorker();
        int words = (model.StateBits + 63) / 64;
        Random random = new(7);
        Successors sink = new(words);
        worker.Begin(ref sink);
        ulong[] first = sink.Take()[0], state = first;

        Assert.Equal(renamings, model.Renamings);
        for (int i = 0; i < 3_000; i++)
        {
            ulong[][] next = From(worker, state, sink);
            (ulong[] least, long size) = Least(worker, state);

            Assert.Equal(0, renamings % size);
            Assert.Equal((Text(least), size), (Text(Least(worker, least).State), Least(worker, least).Size));
            Assert.Equal(
                next.Select(n => Text(Least(worker, n).State)).Order(),
                From(worker, least, sink).Select(n => Text(Least(worker, n).State)).Order());
            state = next.Length == 0 || i % 50 == 49 ? first : next[random.Next(next.Length)];
        }
    }

    private static string Text(ulong[] state) => string.Join(' ', state.Select(word => word.ToString("x16")));

    private static (ulong[] State, long Size) Least(PageTypesExpander worker, ulong[] state)
    {
        ulong[] least = [.. state];
        fixed (ulong* at = least) return (least, worker.Canonicalize(at));
    }

    private static ulong[][] From(PageTypesExpander worker, ulong[] state, Successors sink)
    {
        fixed (ulong* at = state) worker.Expand(at, ref sink);
        return sink.Take();
    }

    private readonly struct Successors(int words) : ISink
    {
        private readonly List<ulong[]> _found = [];

        public void Add(ulong* successor, int action) => _found.Add(new Span<ulong>(successor, words).ToArray());

        public void Note(int action) => throw new InvalidOperationException("nothing is refused in this model");

        public ulong[][] Take()
        {
            ulong[][] found = [.. _found];
            _found.Clear();
            return found;
        }
    }
}
