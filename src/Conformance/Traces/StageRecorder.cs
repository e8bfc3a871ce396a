using Conformance.Bridge;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Watch;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Traces;

/// <summary>Notes the state of the stage at the beginning of a script and after each act.</summary>
public sealed class StageRecorder : IPlay
{
    private readonly List<StageState> _states = [];
    private readonly Dictionary<ulong, string> _names = [];

    /// <summary>The first is the stage before the script.</summary>
    public IReadOnlyList<StageState> States => _states;

    public void Began(StageView stage) => _states.Add(Look(stage));

    public void Stepped(int step, in StepResult result, StageView stage) => _states.Add(Look(stage));

    private StageState Look(StageView stage)
    {
        _names.Clear();
        for (int domain = 1; domain <= stage.Xen.Domains.Count; domain++)
        {
            for (int index = 0; index < StageFrame.Count; index++)
            {
                Mfn frame = stage.FrameOf(domain, index);
                if (!_names.ContainsKey(frame.Value)) _names[frame.Value] = stage.NameOf(frame);
            }
        }

        List<Difference> differences = [];
        List<StageEntry> entries = [];
        foreach (ulong frame in _names.Keys) Read(stage, frame, entries, differences);
        return new(
            [.. _names.Select(n => (n.Value, Comparison.Facts(stage.Xen.Frames[n.Key])))],
            entries,
            [.. stage.Xen.Domains.SelectMany(d => d.Vcpus).Select(Of)],
            differences);
    }

    private void Read(StageView stage, ulong mfn, List<StageEntry> entries, List<Difference> differences)
    {
        FrameFacts target = Comparison.Facts(stage.Xen.Frames[mfn]), model = Comparison.Facts(stage.Model.View(new(mfn)));
        if (target != model) differences.Add(new(_names[mfn], Shown(model), Shown(target)));
        if (target.Owner == Domid.Xen || target.Owner == Domid.Nobody) return;

        int level = Mirror.Level(target.Type);
        ReadOnlySpan<ulong> memory = stage.Xen.Memory.Entries(mfn);
        for (int slot = 0; slot < memory.Length; slot++)
        {
            // The other slots of a root are the program's and Xen's.
            if (level == stage.Space.Levels && !IsScripts(stage.Space, slot)) continue;
            Entry entry = PageEntry.Read(memory[slot], level);
            bool isNamed = _names.TryGetValue(entry.Target.Value, out string? name);
            bool isLive = target is { IsTable: true, IsValidated: true };
            if (entry.IsPresent && (isLive || isNamed)) entries.Add(new(_names[mfn], slot, name ?? $"{entry.Target}", entry));

            // Of memory that is no table the model learns only when it must.
            Entry expected = isLive && model == target ? stage.Model.EntryOf(new(mfn), slot) : entry;
            if (!Comparison.AreAlike(entry, expected)) differences.Add(new($"{_names[mfn]}[{slot}]", Shown(expected), Shown(entry)));
        }
    }

    /// <summary>A slot of a root that is neither the program's nor Xen's.</summary>
    private static bool IsScripts(StageSpace space, int slot) =>
        space.RootSlots.Contains(slot) && (space.IsNarrow ? slot < Abi.LastRootSlot32 : slot is < Abi.FirstXenSlot or > Abi.LastXenSlot);

    private StageVcpu Of(Vcpu vcpu)
    {
        var cached = vcpu.Cpu.CachedTranslations().Where(t => _names.ContainsKey(t.Mfn)).ToLookup(t => t.Writable, t => _names[t.Mfn]);
        return new(
            $"d{vcpu.Domain.Id}v{vcpu.Id}",
            Name(vcpu.KernelRootMfn),
            vcpu.UserRootMfn == 0 ? "" : Name(vcpu.UserRootMfn),
            vcpu.InKernelMode,
            [.. cached[false].Distinct().Order(StringComparer.Ordinal)],
            [.. cached[true].Distinct().Order(StringComparer.Ordinal)]);
    }

    private string Name(ulong mfn) => _names.GetValueOrDefault(mfn) ?? $"{new Mfn(mfn)}";

    private static string Shown(in FrameFacts facts) => string.Join(' ', $"{facts}".Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private string Shown(Entry entry) => entry.IsPresent ? $"{Name(entry.Target.Value)} {(entry.IsWritable ? "rw" : "r-")} ({entry.Flags})" : "absent";
}
