using Conformance.Scripts;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;
using PageType = Model.PageType;

namespace Conformance.RealXen;

/// <summary>Says of the simulator's stage, and of the model's, what guests/conform says of the real one.</summary>
internal static class StageDigest
{
    /// <summary>Stands in the frame field of a value for the stage's frame of the index in the low bits; no machine is so large.</summary>
    public const ulong Mark = 0xff_ffff_ff00;

    /// <summary>The index under which frames are told that came or went while the script ran: which of them it got back is Xen's choice.</summary>
    public const int Moved = 32;

    /// <summary>The slot of a root that leads to the program.</summary>
    private const int GuestSlot = 511;

    private const ulong FrameField = 0x000f_ffff_ffff_f000, AccessedAndDirty = 0x60;

    /// <summary>The slots of a root that scripts change and Xen leaves alone.</summary>
    private static readonly int[] RootSlots = [2, 3, 300];

    /// <summary>A value as it is told: frames of the stage by index, without what a processor notes in entries, which PRESERVE_AD leaves in absent ones too.</summary>
    /// <param name="moved">frames that came or went while the script ran</param>
    public static ulong Value(StageView stage, IReadOnlySet<ulong> moved, ulong value)
    {
        ulong frame = (value & FrameField) >> 12;
        value &= ~AccessedAndDirty;
        if (frame == 0 || IndexOf(stage, moved, frame) is not { } index) return value;
        return (value & ~FrameField) | ((Mark + (ulong)index) << 12);
    }

    private static int? IndexOf(StageView stage, IReadOnlySet<ulong> moved, ulong frame)
    {
        if (moved.Contains(frame)) return Moved;
        for (int k = 0; k < StageFrame.Count; k++)
        {
            if (stage.FrameOf(1, k).Value == frame) return k;
        }

        return null;
    }

    /// <summary>The state at the end of a script.</summary>
    /// <param name="roots">frames whose slots of Xen's are not looked at</param>
    public static ExpectedState Of(StageView stage, IReadOnlySet<ulong> moved, ushort roots)
    {
        List<(int, int, ulong)> words = [];
        List<(ulong, ulong)> facts = [];
        for (int k = 0; k < StageFrame.Pool; k++)
        {
            if (IsOurs(stage, k)) AddWords(stage, moved, k, ((roots >> k) & 1) != 0, words);
        }

        ReadOnlySpan<ulong> root = stage.Xen.Memory.Entries(stage.FrameOf(1, StageFrame.Root).Value);
        foreach (int slot in RootSlots) words.Add((StageFrame.Root, slot, Value(stage, moved, root[slot])));
        for (int k = 0; k < StageFrame.Pool; k++) facts.Add(FactsOf(stage, moved, k));
        facts.Add((stage.Model.View(stage.FrameOf(1, StageFrame.Root)).IsPinned ? ExpectedState.Pinned : 0, 0));
        return new(words, facts);
    }

    private static bool IsOurs(StageView stage, int k)
    {
        FrameView view = stage.Model.View(stage.FrameOf(1, k));
        return view.Owner.Value == 1 && view.RefCount > 0; // What the domain gave back stays its own until nothing holds it.
    }

    private static void AddWords(StageView stage, IReadOnlySet<ulong> moved, int k, bool isRoot, List<(int, int, ulong)> words)
    {
        ReadOnlySpan<ulong> memory = stage.Xen.Memory.Entries(stage.FrameOf(1, k).Value);
        for (int slot = 0; slot < memory.Length; slot++)
        {
            bool isXens = isRoot && (slot is >= 256 and <= 271 or GuestSlot);
            if (!isXens && Value(stage, moved, memory[slot]) is not 0 and ulong value) words.Add((k, slot, value));
        }
    }

    private static (ulong Facts, ulong Physical) FactsOf(StageView stage, IReadOnlySet<ulong> moved, int k)
    {
        if (!IsOurs(stage, k)) return (0, 0);
        FrameView view = stage.Model.View(stage.FrameOf(1, k));
        bool isWritable = view.TypeCount == 0 || view.Type == PageType.Writable;
        ulong facts = ExpectedState.Readable | (isWritable ? ExpectedState.Writable : 0) | (view.IsPinned ? ExpectedState.Pinned : 0);
        return (facts, Physical(stage, moved, stage.Xen.MachineToPhys[view.Frame.Value]));
    }

    private static ulong Physical(StageView stage, IReadOnlySet<ulong> moved, ulong pfn)
    {
        ulong first = stage.FirstPoolPfn;
        return pfn >= first && pfn < first + StageFrame.Pool ? Mark + (pfn - first) : Value(stage, moved, pfn);
    }
}
