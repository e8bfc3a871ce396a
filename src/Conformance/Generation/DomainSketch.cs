using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>What a frame is believed to be good for.</summary>
internal enum FrameUse : byte
{
    Free,
    L1,
    L2,
    L3,
    L4,
    Descriptors,
    Given,
}

/// <summary>What a generator believes of a domain while it makes a script: enough to be plausible, seldom all of it true.</summary>
internal sealed class DomainSketch
{
    /// <summary>Slots that plausible acts name, of a root and of other tables.</summary>
    private static readonly int[] Slots = [0, 1, 2, 3, 511];

    private readonly FrameUse[] _uses = new FrameUse[StageFrame.Count];
    private readonly int[] _rootSlots;
    private readonly bool[] _pinned = new bool[StageFrame.Count];
    private readonly short[] _links = new short[StageFrame.Count * 512];

    /// <summary>Whether a vCPU is believed to be in user mode, or down.</summary>
    public bool[] InUser { get; } = new bool[8];

    public bool[] IsDown { get; } = new bool[8];

    public int Ports { get; set; }

    public DomainSketch(StageSpace space)
    {
        _rootSlots = [.. space.RootSlots];
        Root = space.IsNarrow ? FrameUse.L3 : FrameUse.L4;
        (_uses[StageFrame.L2], _uses[StageFrame.L1], _uses[StageFrame.Root]) = (FrameUse.L2, FrameUse.L1, Root);
        _pinned[StageFrame.Root] = true;
        Link(StageFrame.L2, 0, StageFrame.L1, isWritable: true);
        Link(StageFrame.L1, 0, StageFrame.Data, isWritable: true);
        if (space.IsNarrow)
        {
            Link(StageFrame.Root, space.WindowSlot, StageFrame.L2, isWritable: true);
            return;
        }

        _uses[StageFrame.L3] = FrameUse.L3;
        Link(StageFrame.Root, space.WindowSlot, StageFrame.L3, isWritable: true);
        Link(StageFrame.L3, 0, StageFrame.L2, isWritable: true);
    }

    /// <summary>What a root is good for.</summary>
    public FrameUse Root { get; }

    public FrameUse this[int frame]
    {
        get => _uses[frame];
        set => _uses[frame] = value;
    }

    /// <summary>The frame that a slot names, or -1.</summary>
    public int Target(int table, int slot) => (_links[(table * 512) + slot] >> 1) - 1;

    public bool IsWritable(int table, int slot) => (_links[(table * 512) + slot] & 1) != 0;

    public void Link(int table, int slot, int target, bool isWritable) =>
        _links[(table * 512) + slot] = (short)(((target + 1) << 1) | (isWritable ? 1 : 0));

    public void Clear(int table) => Array.Clear(_links, table * 512, 512);

    public void Copy(int from, int to) => Array.Copy(_links, from * 512, _links, to * 512, 512);

    public void Pin(int frame, bool pinned) => _pinned[frame] = pinned;

    /// <summary>A frame of the pool or the root, that is this if there is one.</summary>
    public int Draw(ref Choices choices, FrameUse use)
    {
        int start = choices.Below(StageFrame.Root + 1);
        for (int i = 0; i <= StageFrame.Root; i++)
        {
            int frame = (start + i) % (StageFrame.Root + 1);
            if (_uses[frame] == use) return frame;
        }

        return start;
    }

    public int DrawPinned(ref Choices choices)
    {
        int start = choices.Below(StageFrame.Pool);
        for (int i = 0; i < StageFrame.Pool; i++)
        {
            int frame = (start + i) % StageFrame.Pool;
            if (_pinned[frame]) return frame;
        }

        return start;
    }

    public int DrawTable(ref Choices choices) => Draw(ref choices, FrameUse.L1 + (byte)choices.Below((int)Root));

    public int DrawSlot(ref Choices choices, int table) => choices.Of<int>(_uses[table] == Root ? _rootSlots : Slots);

    /// <summary>A slot that names something if there is one.</summary>
    public int DrawLinkedSlot(ref Choices choices, int table)
    {
        int[] slots = _uses[table] == Root ? _rootSlots : Slots;
        int start = choices.Below(slots.Length);
        for (int i = 0; i < slots.Length; i++)
        {
            int slot = slots[(start + i) % slots.Length];
            if (Target(table, slot) >= 0) return slot;
        }

        return slots[start];
    }

    /// <summary>What Xen validates with a table is in use as one from then on.</summary>
    public void Establish(int table, FrameUse use)
    {
        if (_uses[table] is not FrameUse.Free) return;
        _uses[table] = use;
        if (use is < FrameUse.L2 or > FrameUse.L4) return;
        foreach (int slot in use == Root ? _rootSlots : Slots)
        {
            if (Target(table, slot) is >= 0 and int target) Establish(target, use - 1);
        }
    }
}
