using Checking.Exploration;

namespace Checking.Tests.Exploration;

/// <summary>Counters that start at zero, each of which can be raised up to a top and set back to zero; packed side by side, so a
/// state has as many bits as one likes. They are alike, so permuting them is a symmetry.</summary>
/// <param name="onExpand">called for each state, to disturb the search</param>
/// <remarks>(top + 1) ^ counters states, the farthest after top * counters steps. Many shortest paths lead to each.</remarks>
internal sealed class Counters(int counters, int top, int bitsEach, int? forbiddenSum = null, Action? onExpand = null) : ArtificialModel<Counters.Worker>(
    $"counters {counters} {top}", counters * bitsEach, actions: 3, renamings: Enumerable.Range(1, counters).Aggregate(1L, (a, b) => a * b))
{
    public override Worker NewWorker() => new(counters, top, bitsEach, forbiddenSum, onExpand);

    public int[] Unpack(ReadOnlySpan<ulong> state)
    {
        int[] values = new int[counters];
        for (int i = 0; i < counters; i++) values[i] = Bits.Get(state, i * bitsEach, bitsEach);
        return values;
    }

    internal unsafe struct Worker(int counters, int top, int bitsEach, int? forbiddenSum, Action? onExpand) : IExpander
    {
        private readonly int _words = (counters * bitsEach + 63) / 64;

        public readonly void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            ulong* zero = stackalloc ulong[_words];
            new Span<ulong>(zero, _words).Clear();
            sink.Add(zero, 0);
        }

        public readonly void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
        {
            onExpand?.Invoke();
            ulong* next = stackalloc ulong[_words];
            Span<ulong> successor = new(next, _words);
            for (int i = 0; i < counters; i++)
            {
                int value = Bits.Get(new(state, _words), i * bitsEach, bitsEach);
                if (value == top) sink.Note(2);
                else Put(state, successor, i, value + 1, 0, ref sink);
                if (value > 0) Put(state, successor, i, 0, 1, ref sink);
            }
        }

        public readonly void Check(ulong* state, out ulong violated, out ulong reached)
        {
            int sum = 0;
            for (int i = 0; i < counters; i++) sum += Bits.Get(new(state, _words), i * bitsEach, bitsEach);
            violated = sum == forbiddenSum ? 1UL : 0;
            reached = sum > 0 ? 1UL : 0;
        }

        public readonly long Canonicalize(ulong* state)
        {
            Span<ulong> packed = new(state, _words);
            Span<int> values = stackalloc int[counters];
            for (int i = 0; i < counters; i++) values[i] = Bits.Get(packed, i * bitsEach, bitsEach);
            values.Sort();
            packed.Clear();
            long orbit = 1;
            for (int i = 0, run = 0; i < counters; i++)
            {
                Bits.Set(packed, i * bitsEach, bitsEach, values[i]);
                run = i > 0 && values[i] == values[i - 1] ? run + 1 : 1;
                orbit = orbit * (i + 1) / run;
            }

            return orbit;
        }

        public readonly void Dispose()
        {
        }

        private readonly void Put<TSink>(ulong* state, Span<ulong> successor, int counter, int value, int action, ref TSink sink)
            where TSink : struct, ISink, allows ref struct
        {
            new ReadOnlySpan<ulong>(state, _words).CopyTo(successor);
            Bits.Set(successor, counter * bitsEach, bitsEach, value);
            fixed (ulong* words = successor) sink.Add(words, action);
        }
    }
}

/// <summary>Numbers below 256 in little-endian bit strings.</summary>
internal static class Bits
{
    public static int Get(ReadOnlySpan<ulong> words, int at, int bits)
    {
        int value = 0;
        for (int i = 0; i < Math.Min(bits, 8); i++) value |= (int)(words[(at + i) / 64] >> ((at + i) % 64) & 1) << i;
        return value;
    }

    public static void Set(Span<ulong> words, int at, int bits, int value)
    {
        for (int i = 0; i < Math.Min(bits, 8); i++)
        {
            ulong bit = 1UL << ((at + i) % 64);
            words[(at + i) / 64] = (value >> i & 1) != 0 ? words[(at + i) / 64] | bit : words[(at + i) / 64] & ~bit;
        }
    }
}
