using Conformance.Bridge;
using Conformance.Reports;
using Implementation.Hypervisor;
using Model;
using PageType = Model.PageType;

namespace Conformance.Watch;

/// <summary>Holds the two sides against each other, frame by frame and entry by entry.</summary>
internal sealed class Comparison(Xen xen, Mirror mirror)
{
    /// <summary>Processors set these by themselves while they walk, so memory may be ahead of the model.</summary>
    private const EntryFlags SetByProcessor = EntryFlags.Accessed | EntryFlags.Dirty;

    /// <summary>A frame of Xen's own: how Xen counts it is nobody's business.</summary>
    private static readonly FrameFacts Private = new(Domid.Xen, PageType.None, 0, 0, false, false, false);

    /// <summary>A frame number beyond the machine.</summary>
    public static FrameFacts Absent { get; } = new(Domid.Nobody, PageType.None, 0, 0, false, false, false);

    private readonly List<Difference> _differences = [];
    private readonly List<Mfn> _frames = [];

    /// <summary>Values compared so far.</summary>
    public ulong Count { get; private set; }

    /// <summary>Where the sides differ, since the last <see cref="Clear"/>.</summary>
    public IReadOnlyList<Difference> Differences => _differences;

    /// <summary>The frames about which they differ.</summary>
    public IReadOnlyList<Mfn> Frames => _frames;

    public bool HasDifference => _differences.Count > 0;

    public void Clear()
    {
        _differences.Clear();
        _frames.Clear();
    }

    public void Answers(string what, long model, long implementation)
    {
        Count++;
        if (model != implementation) _differences.Add(new(what, FindingReport.Answer(model), FindingReport.Answer(implementation)));
    }

    /// <summary>Compares everything that both know of a frame but its entries.</summary>
    /// <returns>the model's facts</returns>
    public FrameFacts Frame(Mfn frame)
    {
        Count++;
        FrameFacts model = Facts(mirror.Model.View(frame)), implementation = Facts(xen.Frames[frame.Value]);
        if (model != implementation && model != Unaided(frame, implementation)) Differ(frame, $"{frame}", $"{model}", $"{implementation}");
        return model;
    }

    /// <summary>A frame without what a table that was left half-way at an entry to it holds of it, which the model does without.</summary>
    [Clause("D-4")]
    private FrameFacts Unaided(Mfn frame, in FrameFacts facts)
    {
        uint held = 0;
        for (ulong mfn = 0; mfn < xen.Memory.Frames; mfn++)
        {
            ref readonly FrameInfo table = ref xen.Frames[mfn];
            if (!table.IsPartial || !table.IsNextEntryPartial) continue;
            if (mirror.EntryInMemory(mfn, table.ValidatedEntries, Mirror.Level(TypeOf(table))) is { IsPresent: true } e && e.Target == frame) held++;
        }

        return facts with { References = facts.References - held };
    }

    /// <summary>Compares one entry of a live table.</summary>
    public void Entry(Mfn table, int slot, PageType type)
    {
        if (Mirror.IsXens(type, slot)) return;
        Count++;
        Entry model = mirror.Model.EntryOf(table, slot), implementation = mirror.EntryInMemory(table.Value, slot, Mirror.Level(type));
        if (AreAlike(model, implementation)) return;
        (string expected, string actual) = EntryText.Of(model, implementation);
        Differ(table, $"{table}[{slot}]", expected, actual);
    }

    /// <summary>Whether two entries say the same, whatever processors have noted in them.</summary>
    public static bool AreAlike(Entry one, Entry other) => one.Target == other.Target && ((one.Flags ^ other.Flags) & ~SetByProcessor) == 0;

    /// <summary>Compares all entries of a live table.</summary>
    public void Entries(Mfn table, PageType type)
    {
        for (int slot = 0; slot < PageEntry.Slots; slot++) Entry(table, slot, type);
    }

    /// <summary>What a processor has cached of a frame, the model must know to be cached, or be able to walk to at once.</summary>
    public void Translations(Vcpu vcpu, Mfn frame)
    {
        Count++;
        bool writable = vcpu.Cpu.IsCached(frame.Value, writable: true);
        if (!writable && !vcpu.Cpu.IsCached(frame.Value, writable: false)) return;
        if (mirror.Model.IsCached(mirror.Vcpus.Of(vcpu), frame, writable)) return;
        foreach (Implementation.Cpu.CachedTranslation t in vcpu.Cpu.CachedTranslations())
        {
            if (t.Mfn == frame.Value) Translation(vcpu, t);
        }
    }

    /// <summary>The same for everything that a processor has cached.</summary>
    public void Translations(Vcpu vcpu)
    {
        foreach (Implementation.Cpu.CachedTranslation t in vcpu.Cpu.CachedTranslations()) Translation(vcpu, t);
    }

    /// <remarks>Where the model flushed more than the hypervisor, a walk that leads to the same place makes up for it.</remarks>
    private void Translation(Vcpu vcpu, in Implementation.Cpu.CachedTranslation t)
    {
        Count++;
        Mfn frame = new(t.Mfn);
        if (Mirror.IsXens(vcpu, t.Linear) || mirror.Model.IsCached(mirror.Vcpus.Of(vcpu), frame, t.Writable)) return;
        if (mirror.Fill(vcpu, vcpu.InKernelMode ? vcpu.KernelRootMfn : vcpu.UserRootMfn, t.Linear, frame, t.Writable)) return;
        string what = $"a translation of {t.Linear:x} on d{vcpu.Domain.Id}v{vcpu.Id}";
        Differ(frame, what, "none is left", $"{frame} {(t.Writable ? "rw" : "r-")} is cached");
    }

    public void Differ(Mfn frame, string what, string model, string implementation)
    {
        _differences.Add(new(what, model, implementation));
        _frames.Add(frame);
    }

    /// <summary>The facts as the model has them.</summary>
    public static FrameFacts Facts(in FrameView v)
    {
        if (v.Owner == Domid.Xen) return Private;
        bool isUsed = v.TypeCount > 0 || v.IsPartial;
        PageType type = isUsed ? v.Type : PageType.None;
        return new(v.Owner, type, (uint)v.TypeCount, (uint)v.RefCount, v.IsPinned, isUsed && v.IsValidated, v.IsPartial);
    }

    /// <summary>The facts as the hypervisor has them.</summary>
    public static FrameFacts Facts(in FrameInfo f)
    {
        if (f.Owner == FrameTable.DomidXen) return Private;
        bool isUsed = f.TypeCount > 0 || f.IsPartial;
        PageType type = isUsed ? TypeOf(f) : PageType.None;
        return new(new(f.Owner), type, f.TypeCount, f.RefCount, f.IsPinned, isUsed && f.IsValidated, f.IsPartial);
    }

    private static PageType TypeOf(in FrameInfo f) => f.Type switch
    {
        Implementation.Hypervisor.PageType.L2 when f.HasXenSlots => PageType.XenL2,
        Implementation.Hypervisor.PageType.Writable => PageType.Writable,
        Implementation.Hypervisor.PageType.L1 => PageType.L1,
        Implementation.Hypervisor.PageType.L2 => PageType.L2,
        Implementation.Hypervisor.PageType.L3 => PageType.L3,
        Implementation.Hypervisor.PageType.L4 => PageType.L4,
        Implementation.Hypervisor.PageType.SegDesc => PageType.SegDesc,
        _ => PageType.None,
    };
}
