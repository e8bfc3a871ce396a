using System.Text;
using static Model.Tests.Worlds;

namespace Model.Tests;

/// <summary>Every state that one vCPU can reach on a machine of two frames whose tables have two entries.</summary>
/// <remarks>Small, yet it has tables that map themselves, linear tables of both kinds, and validations that fail halfway.</remarks>
public sealed class ExplorationTests
{
    private const int Frames = 2, Slots = 2;

    [Fact, Clause("R-1"), Clause("I-TEXCL")]
    public void Every_invariant_holds_in_every_reachable_state()
    {
        Machine boot = new(new(Frames, [D1], Slots));
        for (ulong f = 0; f < Frames; f++) boot.DeclareFrame(new(f), D1);
        HashSet<string> seen = [Key(boot)];
        Queue<Machine> open = new([boot]);
        HashSet<PageType> types = [];
        bool linear = false, based = false;

        while (open.TryDequeue(out Machine? at))
        {
            foreach (Action<Machine> move in Moves())
            {
                Machine next = at.Patched([]);
                move(next);
                if (!seen.Add(Key(next))) continue;

                IReadOnlyList<Violation> found = next.CheckAll();
                Assert.True(found.Count == 0, $"{Key(next)}: {string.Join("; ", found)}");
                for (ulong f = 0; f < Frames; f++)
                {
                    FrameView view = next.View(new(f));
                    if (view.TypeCount > 0) types.Add(view.Type);
                    linear |= view.LinearUses > 0;
                    based |= next.KernelBase(V0) == new Mfn(f);
                }

                open.Enqueue(next);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{seen.Count} states");
        Assert.True(seen.Count > 1000, $"{seen.Count} states");
        Assert.Superset(new HashSet<PageType> { PageType.Writable, PageType.L1, PageType.L2, PageType.L3, PageType.L4 }, types);
        Assert.True(linear && based, $"linear {linear}, based {based}");
    }

    private static IEnumerable<Action<Machine>> Moves()
    {
        for (ulong f = 0; f < Frames; f++)
        {
            ulong frame = f;
            for (int level = 1; level <= 4; level++)
            {
                int at = level;
                yield return m => m.Pin(V0, frame, at);
            }

            yield return m => m.Ext(V0, ExtCommand.Unpin, frame);
            yield return m => m.Ext(V0, ExtCommand.NewBase, frame);
            for (int slot = 0; slot < Slots; slot++)
            {
                int i = slot;
                yield return m => m.Update(V0, frame, i, default);
                for (ulong target = 0; target < Frames; target++)
                {
                    Entry ro = Ro(target), rw = Rw(target);
                    yield return m => m.Update(V0, frame, i, ro);
                    yield return m => m.Update(V0, frame, i, rw);
                    yield return m => m.Store(V0, new(frame), i, rw);
                }
            }
        }

        for (int slot = 0; slot < Slots; slot++)
        {
            int i = slot;
            yield return m => Walk(m, i, write: true);
            yield return m => Walk(m, i, write: false);
        }
    }

    /// <summary>Walks through the slot given at the root, then through slot 0.</summary>
    private static void Walk(Machine m, int first, bool write)
    {
        if (m.KernelBase(V0) is not { } root) return;

        Mfn[] on = new Mfn[5];
        int[] slots = [first, 0, 0, 0];
        on[0] = root;
        for (int i = 0; i < 4; i++)
        {
            Entry entry = m.EntryOf(on[i], slots[i]);
            if (!entry.IsPresent) return;
            on[i + 1] = entry.Target;
        }

        m.Touch(V0, [(on[0], slots[0]), (on[1], slots[1]), (on[2], slots[2]), (on[3], slots[3])], on[4], write);
    }

    private static string Key(Machine m)
    {
        StringBuilder key = new();
        for (ulong f = 0; f < Frames; f++)
        {
            FrameView view = m.View(new(f));
            key.Append((int)view.Type).Append(view.TypeCount).Append(view.IsPinned ? 'p' : '-').Append(view.IsValidated ? 'v' : '-');
            for (int slot = 0; slot < Slots; slot++) key.Append(m.EntryOf(new(f), slot));
            key.Append(m.IsCached(V0, new(f), false) ? 'c' : '-').Append(m.IsCached(V0, new(f), true) ? 'C' : '-').Append(' ');
        }

        return key.Append(m.KernelBase(V0)?.Value).ToString();
    }
}
