using Implementation.Hypervisor;
using Model;
using Model.Faults;
using PageType = Model.PageType;

namespace Conformance.Bridge;

/// <summary>Keeps a model of a running machine: made when a domain is built, taught what memory holds when that begins to matter.</summary>
internal sealed class Mirror
{
    private const int FrameShift = 12;

    private readonly Xen _xen;
    private readonly uint[] _learnt;
    private uint _lesson;

    /// <summary>Makes the model of a machine whose domains are built and have not run.</summary>
    /// <param name="fault">a mistake that the model makes, or null</param>
    public Mirror(Xen xen, Fault? fault = null)
    {
        _xen = xen;
        _learnt = new uint[xen.Memory.Frames];
        Vcpus = new(xen);
        MachineShape shape = new((int)xen.Memory.Frames, [.. from domain in xen.Domains from _ in domain.Vcpus select new Domid(domain.Id)])
        {
            Compat = [.. xen.Domains.Where(d => d.Is32Bit).Select(d => new Domid(d.Id))],
            Steps = fault is null ? null : fault.Make,
        };
        Model = new(shape);
        for (ulong mfn = 0; mfn < xen.Memory.Frames; mfn++) Declare(mfn);
        foreach (Vcpu vcpu in xen.Domains.SelectMany(d => d.Vcpus)) Boot(vcpu);
    }

    /// <summary>Which of the model's vCPUs each of the machine's is.</summary>
    public VcpuNumbers Vcpus { get; }

    public Machine Model { get; }

    /// <summary>The level at which the entries of a frame are to be read: that of a live table, else a leaf's.</summary>
    public int LevelOf(Mfn frame)
    {
        if (!Model.Exists(frame)) return 1;
        FrameView view = Model.View(frame);
        return view.TypeCount > 0 || view.IsPartial ? Level(view.Type) : 1;
    }

    /// <summary>The level 1..4 of a type of table; 1 for the other types.</summary>
    public static int Level(PageType type) => type switch
    {
        PageType.L4 => 4,
        PageType.L3 => 3,
        PageType.L2 or PageType.XenL2 => 2,
        _ => 1,
    };

    /// <summary>How many levels of tables the domain's walks go through, its root's among them.</summary>
    public static int LevelsOf(Domain domain) => domain.Is32Bit ? 3 : 4;

    /// <summary>An entry as memory has it.</summary>
    public Entry EntryInMemory(ulong table, int slot, int level) => Read(_xen.Memory.Entries(table)[slot], table, level);

    /// <summary>Eight bytes read as an entry of a frame, as it is in use now.</summary>
    public Entry Read(ulong raw, Mfn frame) => Read(raw, frame.Value, LevelOf(frame));

    /// <summary>The slot of a table is Xen's: what stands there is none of the guest's.</summary>
    [Clause("PT-14"), Clause("D-13")]
    public static bool IsXens(PageType table, int slot) => table switch
    {
        PageType.L4 => slot is >= Abi.FirstXenSlot and <= Abi.LastXenSlot,
        PageType.XenL2 => slot >= Abi.FirstXenSlot32,
        _ => false,
    };

    private Entry Read(ulong raw, ulong table, int level) => PageEntry.Read(raw, level, isOfRoot32: level == 3 && IsOf32Bit(table));

    private bool IsOf32Bit(ulong mfn) => mfn < _xen.Memory.Frames && _xen.FindDomain(_xen.Frames[mfn].Owner) is { Is32Bit: true };

    /// <summary>A free frame that Xen took for itself, or to share with the guest, is Xen's in the model too.</summary>
    /// <remarks>The choice is Xen's alone, so there is nothing to compare it with.</remarks>
    public void AdoptIfXens(ulong mfn)
    {
        ref readonly FrameInfo frame = ref _xen.Frames[mfn];
        bool isXens = frame.Owner == FrameTable.DomidXen || frame.IsXenHeap;
        if (isXens && Model.View(new(mfn)).Owner == Domid.Nobody) Declare(mfn);
    }

    private void Declare(ulong mfn)
    {
        ref readonly FrameInfo frame = ref _xen.Frames[mfn];
        if (frame.Owner == FrameTable.NoOwner) return;
        FrameKind kind = frame.Owner == FrameTable.DomidXen ? FrameKind.Xen : frame.IsXenHeap ? FrameKind.Shared : FrameKind.Owned;
        Model.DeclareFrame(new(mfn), new(frame.Owner), kind);
    }

    /// <summary>Teaches the model what the tables hold that a request may promote: guests write them as ordinary memory.</summary>
    public void Learn(Request request)
    {
        _lesson++;
        switch (request)
        {
            case MmuExtOp o:
                foreach (ExtOp op in o.Ops) LearnRoot(op);
                break;

            case MmuUpdate u:
                foreach (Update update in u.Updates)
                {
                    if (PageEntry.IsEntryUpdate(update)) LearnBelow(update.New, LevelOf(update.Frame));
                }

                break;
        }
    }

    private void LearnRoot(ExtOp op)
    {
        int level = op.Command switch
        {
            ExtCommand.PinL1 => 1,
            ExtCommand.PinL2 => 2,
            ExtCommand.PinL3 => 3,
            ExtCommand.NewBase when IsOf32Bit(op.Frame.Value) => 3,
            ExtCommand.PinL4 or ExtCommand.NewBase or ExtCommand.NewUserBase => 4,
            _ => 0,
        };
        if (level > 0) Learn(op.Frame, level);
    }

    private void LearnBelow(Entry entry, int level)
    {
        if (level > 1 && entry.IsPresent && !entry.Has(EntryFlags.Superpage)) Learn(entry.Target, level - 1);
    }

    /// <summary>Loads a frame that is no live table as a table of a level, and what it names below it.</summary>
    private void Learn(Mfn frame, int level)
    {
        if (!Model.Exists(frame) || _learnt[frame.Value] == _lesson) return;
        _learnt[frame.Value] = _lesson;
        FrameView view = Model.View(frame);
        bool isLive = view.TypeCount > 0 && view.Type is not (PageType.Writable or PageType.SegDesc);
        if (isLive && !view.IsPartial) return;

        bool isOfRoot32 = level == 3 && IsOf32Bit(frame.Value);
        ReadOnlySpan<ulong> memory = _xen.Memory.Entries(frame.Value);
        for (int slot = NextFilled(frame, memory, 0); slot < memory.Length; slot = NextFilled(frame, memory, slot + 1))
        {
            if (level == 4 && IsXens(PageType.L4, slot)) continue;
            Entry entry = PageEntry.Read(memory[slot], level, isOfRoot32);
            // What a table left half-way holds is known, and may not be what is below it.
            if (!view.IsPartial) Model.Load(frame, slot, entry);
            LearnBelow(entry, level);
        }
    }

    /// <summary>The first slot, from one on, in which memory or the model has something: to load nothing where nothing is changes nothing.</summary>
    private int NextFilled(Mfn frame, ReadOnlySpan<ulong> memory, int slot)
    {
        if (slot == memory.Length) return slot;

        int inModel = Model.NextFilled(frame, slot);
        int inMemory = memory[slot..inModel].IndexOfAnyExcept(0UL);
        return inMemory < 0 ? inModel : slot + inMemory;
    }

    /// <summary>Whether an address lies in Xen's part of every address space, where guests see the machine-to-physical table.</summary>
    public static bool IsXens(Vcpu vcpu, ulong linear) =>
        vcpu.Domain.Is32Bit ? linear >= Abi.FirstXenAddress32 : IsXens(PageType.L4, PageEntry.Slot(linear, 4));

    /// <summary>Tells the model of a translation that a processor cached.</summary>
    /// <param name="rootMfn">where the processor's walk began; of a 32-bit guest's not asked</param>
    /// <returns>false: no walk of the model's leads there</returns>
    public bool Fill(Vcpu vcpu, ulong rootMfn, ulong linear, Mfn leaf, bool writable)
    {
        int levels = LevelsOf(vcpu.Domain);
        Span<(Mfn Table, int Slot)> path = stackalloc (Mfn, int)[levels];
        Mfn table = vcpu.Domain.Is32Bit ? RootOf32(vcpu) : new(rootMfn);
        for (int level = levels; level >= 1; level--)
        {
            if (!Model.Exists(table)) return false;
            int slot = PageEntry.Slot(linear, level);
            path[levels - level] = (table, slot);
            Entry entry = EntryInMemory(table.Value, slot, level);
            if (level == 2 && entry.Has(EntryFlags.Superpage))
                return Model.TouchSuperpage(Vcpus.Of(vcpu), path[..^1], entry.Target, leaf, writable);

            table = entry.Target;
        }

        return Model.Exists(leaf) && Model.Touch(Vcpus.Of(vcpu), path, leaf, writable);
    }

    /// <summary>What a 32-bit guest's processor really walks from: its CR3 names a table of Xen's, and the first entry of that the root.</summary>
    [Clause("D-15")]
    private Mfn RootOf32(Vcpu vcpu) => EntryInMemory(vcpu.Cpu.Cr3 >> FrameShift, 0, 4).Target;

    /// <summary>What the toolstack's builder does: it pins the root of a vCPU that is up, once for all that share it, and has the vCPU run on it.</summary>
    private void Boot(Vcpu vcpu)
    {
        if (vcpu.KernelRootMfn == 0) return;
        Mfn root = new(vcpu.KernelRootMfn);
        VcpuId id = Vcpus.Of(vcpu);
        _lesson++;
        Learn(root, LevelsOf(vcpu.Domain));
        ExtCommand pin = vcpu.Domain.Is32Bit ? ExtCommand.PinL3 : ExtCommand.PinL4;
        if (!Model.View(root).IsPinned) Model.Perform(new MmuExtOp(id, [new(pin, root)]));
        Model.Perform(new MmuExtOp(id, [new(ExtCommand.NewBase, root)]));
    }
}
