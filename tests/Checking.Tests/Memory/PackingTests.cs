using Checking.Exploration;
using Checking.Memory;
using Model;

namespace Checking.Tests.Memory;

/// <summary>States packed, restored and renamed, along random paths.</summary>
public sealed unsafe class PackingTests
{
    public static TheoryData<MemorySizes> Sizes =>
    [
        new MemorySizes(), new MemorySizes(4, 2, 2, 2), new MemorySizes(3, 1, 2, 2), new MemorySizes(5, 1, 3, 1, 2), new MemorySizes(2, 2, 1, 4),
        new MemorySizes(3, 2, 1, 2, 2, Grain.Step), new MemorySizes(Kind: GuestKind.Pv32), new MemorySizes(5, 2, 2, 2, Kind: GuestKind.Pv32),
        new MemorySizes(5, 2, 1, 3, 1, Grain.Step, GuestKind.Pv32),
    ];

    /// <summary>What was packed is put back whole, into a machine that was somewhere else, and nothing that the packing leaves out has changed.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void A_state_comes_back_as_it_was(MemorySizes sizes)
    {
        MemoryScope scope = new(sizes);
        Image image = new(scope), other = new(scope);
        ulong[] words = new ulong[image.Layout.Words];
        fixed (ulong* at = words)
        {
            foreach (Machine machine in Path(scope, image, steps: 300))
            {
                if (!image.Take(at, out bool differs)) Assert.Fail($"{image.Overflown} overflows");
                if (!differs) continue;

                other.Put(at);
                Assert.Equal(Worlds.Text(scope, machine), Worlds.Text(scope, other.Machine));
                image.Put(at);
            }
        }
    }

    /// <summary>Under other names everything happens as before, under the other names: what follows from a renamed state is what follows from the state, renamed.</summary>
    [Theory, MemberData(nameof(Sizes))]
    public void Renaming_commutes_with_what_happens(MemorySizes sizes)
    {
        MemoryModel model = new(sizes);
        if (model.Renamings == 1) return;

        MemoryScope scope = model.Memory;
        Image image = new(scope);
        MemoryExpander worker = model.NewWorker();
        Renaming[] renamings = Renaming.Of(scope, image.Layout);
        ulong[] values = new ulong[image.Layout.Cells.Length], renamed = new ulong[values.Length], words = new ulong[image.Layout.Words];
        int visited = 0;
        fixed (ulong* at = words)
        {
            foreach (Machine machine in Path(scope, image, steps: 2000))
            {
                if (!image.Take(at, out bool differs) || !differs) continue;
                image.Put(at);
                if (visited++ % 5 != 0) continue;

                List<string> here = Successors(worker, words);
                image.Layout.Unpack(at, values);
                renamings[^1].Apply(values, renamed);
                ulong[] twin = new ulong[words.Length];
                fixed (ulong* there = twin) image.Layout.Pack(renamed, there);
                Assert.Equal(here, Successors(worker, twin));
            }
        }

        Assert.True(visited > 20);
    }

    /// <summary>The successors in canonical form, in order.</summary>
    private static List<string> Successors(MemoryExpander worker, ulong[] state)
    {
        Gathering gathering = new(worker, state.Length);
        fixed (ulong* words = state) worker.Expand(words, ref gathering);
        gathering.Found.Sort(StringComparer.Ordinal);
        return gathering.Found;
    }

    /// <summary>The machine after each of some requests chosen by a seed, those preferred that change something.</summary>
    private static IEnumerable<Machine> Path(MemoryScope scope, Image image, int steps)
    {
        Random random = new(17);
        for (int i = 0; i < steps; i++)
        {
            MemoryRequest request = scope.Requests[random.Next(scope.Requests.Count)];
            if (request.Perform(image.Machine) is null) continue;
            yield return image.Machine;
        }
    }

    private readonly struct Gathering(MemoryExpander worker, int words) : ISink
    {
        public List<string> Found { get; } = [];

        public void Add(ulong* successor, int action)
        {
            ulong[] copy = new ReadOnlySpan<ulong>(successor, words).ToArray();
            fixed (ulong* at = copy) worker.Canonicalize(at);
            Found.Add($"{action} {string.Join(' ', copy)}");
        }

        public void Note(int action) => Found.Add($"{action}");
    }
}
