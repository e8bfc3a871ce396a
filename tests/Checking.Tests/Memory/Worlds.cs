using Checking.Exploration;
using Checking.Memory;
using Model;
using Explored = Checking.Exploration.Exploration;

namespace Checking.Tests.Memory;

/// <summary>Small scopes that tests share, and a search of them that knows nothing of packing.</summary>
internal static class Worlds
{
    /// <summary>One domain with a leaf table and a data frame.</summary>
    public static readonly MemorySizes OneTable = new(Frames: 2, Entries: 1, Domains: 1, Levels: 1);

    /// <summary>Two domains of one frame each.</summary>
    public static readonly MemorySizes OneFrameEach = new(Frames: 2, Entries: 1, Domains: 2, Levels: 1);

    /// <summary>One domain with one frame, which may become anything.</summary>
    public static readonly MemorySizes OneFrame = new(Frames: 1, Entries: 1, Domains: 1, Levels: 1);

    public static Explored Explore(MemorySizes sizes, ExplorationOptions? options = null) =>
        Explorer.Run<MemoryModel, MemoryExpander>(new(sizes), options ?? new());

    /// <summary>Every state reached by machines that are copied whole, as the text of everything a state has.</summary>
    public static (int States, long Transitions) Search(MemoryScope scope)
    {
        Machine boot = scope.Boot();
        HashSet<string> seen = [Text(scope, boot)];
        Queue<Machine> open = new([boot]);
        long transitions = 0;
        while (open.TryDequeue(out Machine? at))
        {
            string here = Text(scope, at);
            foreach (MemoryRequest request in scope.Requests)
            {
                Machine next = at.Under(scope.Shape);
                if (request.Perform(next) is null) continue;

                string there = Text(scope, next);
                if (there == here) continue;

                transitions++;
                if (seen.Add(there)) open.Enqueue(next);
            }
        }

        return (seen.Count, transitions);
    }

    /// <summary>Everything that a state has, but for what no step and no invariant reads: bits of absent entries, and whether an empty frame was written.</summary>
    public static string Text(MemoryScope scope, Machine m)
    {
        System.Text.StringBuilder text = new();
        var s = m.State;
        for (int f = 0; f < scope.Shape.Frames; f++)
        {
            bool isEmpty = s.Entry.Empty(f, null, null);
            text.Append(' ').Append(s.Owner[f].Value).Append(' ').Append(s.Type[f].Value).Append(' ').Append(s.RefCount[f].Value).Append(' ').Append(s.TypeCount[f].Value)
                .Append(Bits(s.Allocated[f], s.Shared[f], s.Pinned[f], s.Valid[f], s.Partial[f], s.Stale[f], !isEmpty & s.Allocated[f] & !s.Written[f]));
            for (int i = 0; i < scope.Sizes.Entries; i++)
            {
                Entry entry = m.EntryOf(new((ulong)f), i);
                text.Append(' ').Append(entry.Target.Value).Append(' ').Append((int)entry.Flags).Append(Bits(s.Audited[f, i]));
                for (int g = 0; g < scope.Shape.Frames; g++) text.Append(Bits(s.Holder[f, i, g], s.TypeHolder[f, i, g], s.Linear[f, i, g]));
            }
        }

        for (int v = 0; v < scope.Shape.Vcpus.Count; v++)
        {
            text.Append(Bits(s.InKernel[v]));
            for (int f = 0; f < scope.Shape.Frames; f++)
            {
                text.Append(Bits(s.KernelBase[v, f], s.UserBase[v, f], s.VcpuInfo[v, f], s.Descriptors[v, 0, f], s.CachedRead[v, f], s.CachedWrite[v, f]))
                    .Append(Bits(s.Reached[v, f], s.Taken[v, f], s.TakenType[v, f], s.Leaving[v, f], s.LeavingType[v, f]));
            }
        }

        return text.ToString();
    }

    private static char[] Bits(params ReadOnlySpan<Model.Domains.Concrete.Truth> bits)
    {
        char[] text = new char[bits.Length];
        for (int i = 0; i < bits.Length; i++) text[i] = bits[i] ? '1' : '0';
        return text;
    }
}
