using Model;
using Model.Domains.Concrete;
using Model.Programs;
using ConcreteContent = Model.State.Content<Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>One micro-step, taken by a vCPU whatever others are in the midst of.</summary>
/// <param name="Step">the name that the model has for it</param>
public sealed record MicroStep(VcpuId Vcpu, string Step, string Arguments, Func<Machine, bool> Take) : MemoryRequest(Vcpu, Step, Arguments)
{
    public override Answer? Perform(Machine machine) => Take(machine) ? Answer.Success : null;
}

/// <summary>Every micro-step of every vCPU, with the arguments that a scope has: more than any program would take.</summary>
/// <remarks>
/// Programs take their steps in order; here any vCPU takes any step that its guard lets it take, so that every interleaving of
/// programs is among what is seen. Left out: Share and Load, which are boot's; ClaimXenSlot where no slot is Xen's.
/// </remarks>
internal sealed class StepRequests(MemoryScope scope, Requests requests)
{
    private readonly MemorySizes _sizes = scope.Sizes;

    public IEnumerable<MemoryRequest> All()
    {
        for (int d = 1; d <= _sizes.Domains; d++)
        {
            foreach (VcpuId v in scope.VcpusOf(d))
            {
                IEnumerable<MicroStep> steps = d == 1
                    ? [.. References(v), .. Validations(v), .. Edits(v), .. Places(v), .. Frames(v), .. Modes(v)]
                    : [.. scope.Data.SelectMany(f => OfOther(v, f)), .. Frames(v)];
                foreach (MicroStep step in steps) yield return step;
                foreach (MemoryRequest request in d == 1 ? requests.Translations(v) : []) yield return request;
            }
        }

        foreach (Mfn f in scope.Data) yield return Of(new(0), "Free", f, (s, n) => s.Free(n));
    }

    /// <summary>Frames whose references a vCPU takes and lets go of.</summary>
    private IEnumerable<Mfn> Held => scope.Roots.Union(scope.Named.Take(scope.Attackers));

    private IEnumerable<MicroStep> References(VcpuId v)
    {
        foreach (Mfn f in Held.Concat(scope.Named.Skip(scope.Attackers).Take(1)))
        {
            yield return Of(v, "Take", f, (s, n) => s.Take(v.Value, n));
            yield return Of(v, "Drop", f, (s, n) => s.Drop(v.Value, n));
            yield return Of(v, "Leave", f, (s, n) => s.Leave(v.Value, n));
            yield return Of(v, "Forget", f, (s, n) => s.Forget(v.Value, n));
        }

        foreach (Mfn f in Held)
        {
            foreach (PageType type in TypesOf(f)) yield return Typed(v, "TakeType", f, type, (s, n, t) => s.TakeType(v.Value, n, t));
        }

        foreach (Mfn f in scope.Named.Take(scope.Attackers))
        {
            yield return Of(v, "Pin", f, (s, n) => s.Pin(v.Value, n));
            yield return Of(v, "Unpin", f, (s, n) => s.Unpin(v.Value, n));
        }
    }

    private IEnumerable<MicroStep> Validations(VcpuId v)
    {
        foreach (Mfn f in scope.Named.Take(scope.Attackers))
        {
            foreach (PageType type in TypesOf(f)) yield return Typed(v, "Begin", f, type, (s, n, t) => s.Begin(v.Value, n, t));
            yield return Of(v, "Settle", f, (s, n) => s.Settle(v.Value, n));
            yield return Of(v, "Finish", f, (s, n) => s.Finish(v.Value, n, lawful: true));
            yield return Of(v, "Abort", f, (s, n) => s.Abort(v.Value, n));
            yield return Of(v, "BeginDevalidate", f, (s, n) => s.BeginDevalidate(v.Value, n));
            yield return Of(v, "Devalidate", f, (s, n) => s.Devalidate(v.Value, n));
            yield return Of(v, "Pause", f, (s, n) => s.Pause(v.Value, n));
            yield return Of(v, "Resume", f, (s, n) => s.Resume(v.Value, n));
            yield return Of(v, "ResumeDevalidate", f, (s, n) => s.ResumeDevalidate(v.Value, n));
            for (int i = 0; i < _sizes.Entries; i++)
            {
                int slot = i;
                yield return OfEntry(v, "AuditLeaf", f, slot, (s, n, target) => s.AuditLeaf(v.Value, n, slot, target));
                yield return OfEntry(v, "AuditUpper", f, slot, (s, n, target) => s.AuditUpper(v.Value, n, slot, target));
                yield return OfEntry(v, "AuditOwnLinear", f, slot, (s, n, _) => s.AuditOwnLinear(v.Value, n, slot));
                yield return OfEntry(v, "AuditSiblingLinear", f, slot, (s, n, target) => s.AuditSiblingLinear(v.Value, n, slot, target));
                yield return OfEntry(v, "UndoEntry", f, slot, (s, n, target) => s.UndoEntry(v.Value, n, slot, target));
                if (scope.XenTable is not null) yield return OfEntry(v, "ClaimXenSlot", f, slot, (s, n, _) => s.ClaimXenSlot(v.Value, n, slot));
            }
        }
    }

    private IEnumerable<MicroStep> Edits(VcpuId v)
    {
        foreach (Mfn table in requests.Tables)
        {
            for (int i = 0; i < _sizes.Entries; i++)
            {
                int slot = i;
                yield return OfEntry(v, "ClearEntry", table, slot, (s, n, target) => s.ClearEntry(v.Value, n, slot, target));
                foreach (Entry entry in requests.MemoryEntries().Concat(requests.TableEntries()).Where(e => e.IsPresent))
                {
                    yield return Writing(v, "SetLeaf", table, slot, entry, (s, n, e) => s.SetLeaf(v.Value, n, slot, e));
                    yield return Writing(v, "SetUpper", table, slot, entry, (s, n, e) => s.SetUpper(v.Value, n, slot, e));
                    yield return Writing(v, "SetOwnLinear", table, slot, entry, (s, n, e) => s.SetOwnLinear(v.Value, n, slot, e));
                    yield return Writing(v, "SetSiblingLinear", table, slot, entry, (s, n, e) => s.SetSiblingLinear(v.Value, n, slot, e));
                    yield return Writing(v, "EditInPlace", table, slot, entry, (s, n, e) => s.EditInPlace(v.Value, n, slot, e));
                }

                foreach (Entry entry in requests.MemoryEntries()) yield return Writing(v, "WriteData", table, slot, entry, (s, n, e) => s.WriteData(v.Value, n, slot, e));
            }
        }
    }

    private IEnumerable<MicroStep> Places(VcpuId v)
    {
        foreach (Mfn f in scope.Roots.Union(scope.Data))
        {
            yield return Of(v, "LoadKernelBase", f, (s, n) => s.LoadKernelBase(v.Value, n));
            yield return Of(v, "UnloadKernelBase", f, (s, n) => s.UnloadKernelBase(v.Value, n));
        }

        foreach (Mfn f in scope.Roots)
        {
            yield return Of(v, "LoadUserBase", f, (s, n) => s.LoadUserBase(v.Value, n));
            yield return Of(v, "UnloadUserBase", f, (s, n) => s.UnloadUserBase(v.Value, n));
        }

        foreach (Mfn f in scope.Data)
        {
            yield return Of(v, "PlaceVcpuInfo", f, (s, n) => s.PlaceVcpuInfo(v.Value, n));
            yield return Of(v, "PlaceDescriptors", f, (s, n) => s.PlaceDescriptors(v.Value, 0, n));
            yield return Of(v, "RemoveDescriptors", f, (s, n) => s.RemoveDescriptors(v.Value, 0, n));
        }
    }

    /// <summary>Data frames come and go.</summary>
    private IEnumerable<MicroStep> Frames(VcpuId v)
    {
        foreach (Mfn f in scope.Data)
        {
            yield return Of(v, "Release", f, (s, n) => s.Release(v.Value, n));
            yield return Of(v, "Allocate", f, (s, n) => s.Allocate(n, scope.Shape.Vcpus[v.Value].Value));
        }
    }

    private static IEnumerable<MicroStep> Modes(VcpuId v) =>
    [
        new(v, "Flush", "", m => m.Steps.Flush(v.Value)),
        new(v, "EnterUser", "", m => m.Steps.EnterUser(v.Value)),
        new(v, "EnterKernel", "", m => m.Steps.EnterKernel(v.Value)),
    ];

    /// <summary>What another domain does with a frame that it was given: it writes and lets go.</summary>
    private static IEnumerable<MicroStep> OfOther(VcpuId v, Mfn f) =>
    [
        Of(v, "Take", f, (s, n) => s.Take(v.Value, n)),
        Of(v, "Drop", f, (s, n) => s.Drop(v.Value, n)),
    ];

    /// <summary>The types that a frame may be brought into: its levels if it is a table, every type if it is data.</summary>
    private IEnumerable<PageType> TypesOf(Mfn f) =>
        scope.Spine.Contains(f) ? [PageType.L1 + (_sizes.RootLevel - 1)]
        : [PageType.Writable, .. requests.LevelsOf(f).Select(l => PageType.L1 + (l - 1)), .. scope.Data.Contains(f) ? OfData : []];

    private PageType[] OfData => scope.IsCompat ? [PageType.SegDesc, PageType.XenL2] : [PageType.SegDesc];

    private static MicroStep Of(VcpuId v, string name, Mfn f, Func<ConcreteSteps, int, Truth> step) =>
        new(v, name, $"{f}", m => step(m.Steps, (int)f.Value));

    private static MicroStep Typed(VcpuId v, string name, Mfn f, PageType type, Func<ConcreteSteps, int, int, Truth> step) =>
        new(v, name, $"{f} {type}", m => step(m.Steps, (int)f.Value, (int)type));

    /// <summary>A step about the entry that the slot has.</summary>
    private static MicroStep OfEntry(VcpuId v, string name, Mfn f, int slot, Func<ConcreteSteps, int, int, Truth> step) =>
        new(v, name, $"{f}[{slot}]", m => Walk.Follow(m, (f, slot), out Mfn target) && step(m.Steps, (int)f.Value, (int)target.Value));

    private static MicroStep Writing(VcpuId v, string name, Mfn f, int slot, Entry entry, Func<ConcreteSteps, int, ConcreteContent, Truth> step)
    {
        ConcreteContent content = Contents.Of(entry);
        return new(v, name, $"{f}[{slot}] := {EntryWords.Of(entry)}", m => step(m.Steps, (int)f.Value, content));
    }
}
