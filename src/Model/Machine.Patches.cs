using Model.Domains.Concrete;
using Model.Programs;

namespace Model;

/// <summary>What somebody else says of a frame; what is null is as the model has it.</summary>
/// <param name="Entries">slots of the frame, and what they say</param>
public sealed record FramePatch(
    Mfn Frame,
    Domid? Owner = null,
    PageType? Type = null,
    int? TypeCount = null,
    int? RefCount = null,
    bool? IsPinned = null,
    bool? IsValidated = null,
    IReadOnlyList<(int Slot, Entry Entry)>? Entries = null);

/// <summary>A translation that somebody else says a vCPU caches.</summary>
public readonly record struct CachedTranslation(VcpuId Vcpu, Mfn Frame, bool IsWritable);

/// <summary>The model forced into another's view, to see which invariants that view breaks.</summary>
public sealed partial class Machine
{
    /// <summary>A copy in which some frames are what somebody else says they are. Its checks tell what that breaks: of what was forced, or of all.</summary>
    /// <remarks>An entry forced into an established table counts as audited there, holding what an audit would have it hold.</remarks>
    public Machine Patched(IReadOnlyList<FramePatch> frames, IReadOnlyList<CachedTranslation>? cached = null)
    {
        Machine copy = new(Shape, _s.Copy());
        foreach (FramePatch patch in frames) copy.Force(patch);
        foreach (FramePatch patch in frames) copy.ForceEntries(patch);
        foreach (FramePatch patch in frames) copy._footprint.AddWhole(Index(patch.Frame));
        foreach ((VcpuId v, Mfn frame, bool isWritable) in cached ?? [])
        {
            copy._footprint.Add(Index(frame));
            copy._s.CachedRead.Assign(true, true, v.Value, Index(frame));
            if (isWritable) copy._s.CachedWrite.Assign(true, true, v.Value, Index(frame));
        }

        return copy;
    }

    /// <summary>An equal machine whose steps are others from here on: it came to be by sound ones.</summary>
    internal Machine Under(MachineShape shape) => new(shape, _s.Copy());

    private void Force(FramePatch patch)
    {
        int f = Index(patch.Frame);
        if (patch.Owner is { } owner) _s.Owner.Assign(true, f, (int)owner.Value);
        if (patch.Type is { } type) _s.Type.Assign(true, f, (int)type);
        if (patch.TypeCount is { } typeCount) _s.TypeCount.Assign(true, f, typeCount);
        if (patch.RefCount is { } refCount) _s.RefCount.Assign(true, f, refCount);
        if (patch.IsPinned is { } isPinned) _s.Pinned.Assign(true, isPinned, f);
        if (patch.IsValidated is { } isValidated) _s.Valid.Assign(true, isValidated, f);
    }

    private void ForceEntries(FramePatch patch)
    {
        int f = Index(patch.Frame);
        bool isTable = (PageType)_s.Type[f].Value is PageType.L1 or PageType.L2 or PageType.L3 or PageType.L4 or PageType.XenL2;
        foreach ((int slot, Entry entry) in patch.Entries ?? [])
        {
            _step.Write(true, f, slot, Contents.Of(entry));
            if (!isTable || !_s.Valid[f]) continue;

            bool isAudited = entry.IsPresent && Exists(entry.Target);
            _s.Holder.Assign(true, false, f, slot, null);
            _s.TypeHolder.Assign(true, false, f, slot, null);
            _s.Linear.Assign(true, false, f, slot, null);
            _s.Audited.Assign(true, isAudited, f, slot);
            if (isAudited) ForceHolders(f, slot, (int)entry.Target.Value, entry.IsWritable);
        }
    }

    private void ForceHolders(int table, int slot, int target, bool writable)
    {
        bool isLeaf = (PageType)_s.Type[table].Value == PageType.L1;
        _s.Holder.Assign(true, isLeaf || target != table, table, slot, target);
        _s.TypeHolder.Assign(true, isLeaf ? writable : target != table, table, slot, target);
        _s.Linear.Assign(true, !isLeaf && target != table && LevelOf(target) == LevelOf(table), table, slot, target);
    }

    private PageType LevelOf(int f) => (PageType)_s.Type[f].Value is var type && type == PageType.XenL2 ? PageType.L2 : type;
}
