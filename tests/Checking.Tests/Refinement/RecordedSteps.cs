using System.Runtime.CompilerServices;
using Model;
using Model.Domains.Concrete;

namespace Checking.Tests.Refinement;

/// <summary>A step that was taken, with its arguments.</summary>
/// <param name="Take">takes it again, on any state</param>
internal readonly record struct Step(string Name, Func<ConcreteSteps, Truth> Take);

/// <summary>The steps of a machine, which write down each that is taken.</summary>
/// <param name="inner">does the steps: the model's own, or a faulty re-making of them</param>
internal sealed class RecordedSteps(ConcreteState state, ConcreteSteps inner) : ConcreteSteps(state)
{
    /// <summary>The steps taken, in order.</summary>
    public List<Step> Log { get; } = [];

    public override Truth Take(Number v, Number f) => Record(on => on.Take(v, f));

    public override Truth TakeType(Number v, Number f, Number type) => Record(on => on.TakeType(v, f, type));

    public override Truth Drop(Number v, Number f) => Record(on => on.Drop(v, f));

    public override Truth Leave(Number v, Number f) => Record(on => on.Leave(v, f));

    public override Truth Forget(Number v, Number f) => Record(on => on.Forget(v, f));

    public override Truth Pin(Number v, Number f) => Record(on => on.Pin(v, f));

    public override Truth Unpin(Number v, Number f) => Record(on => on.Unpin(v, f));

    public override Truth PlaceVcpuInfo(Number v, Number f) => Record(on => on.PlaceVcpuInfo(v, f));

    public override Truth PlaceDescriptors(Number v, Number position, Number f) => Record(on => on.PlaceDescriptors(v, position, f));

    public override Truth RemoveDescriptors(Number v, Number position, Number f) => Record(on => on.RemoveDescriptors(v, position, f));

    public override Truth ClearEntry(Number v, Number table, Number slot, Number target) =>
        Record(on => on.ClearEntry(v, table, slot, target));

    public override Truth SetLeaf(Number v, Number table, Number slot, ConcreteContent e) => Record(on => on.SetLeaf(v, table, slot, e));

    public override Truth SetUpper(Number v, Number table, Number slot, ConcreteContent e) => Record(on => on.SetUpper(v, table, slot, e));

    public override Truth SetOwnLinear(Number v, Number table, Number slot, ConcreteContent e) =>
        Record(on => on.SetOwnLinear(v, table, slot, e));

    public override Truth SetSiblingLinear(Number v, Number table, Number slot, ConcreteContent e) =>
        Record(on => on.SetSiblingLinear(v, table, slot, e));

    public override Truth EditInPlace(Number v, Number table, Number slot, ConcreteContent e) =>
        Record(on => on.EditInPlace(v, table, slot, e));

    public override Truth WriteData(Number v, Number f, Number slot, ConcreteContent e) => Record(on => on.WriteData(v, f, slot, e));

    public override Truth Load(Number f, Number slot, ConcreteContent e) => Record(on => on.Load(f, slot, e));

    public override Truth Store(Number v, Number f, Number slot, ConcreteContent e) => Record(on => on.Store(v, f, slot, e));

    public override Truth Allocate(Number f, Number d) => Record(on => on.Allocate(f, d));

    public override Truth Share(Number f, Number d) => Record(on => on.Share(f, d));

    public override Truth Release(Number v, Number f) => Record(on => on.Release(v, f));

    public override Truth Free(Number f) => Record(on => on.Free(f));

    public override Truth Begin(Number v, Number f, Number type) => Record(on => on.Begin(v, f, type));

    public override Truth Settle(Number v, Number f) => Record(on => on.Settle(v, f));

    public override Truth AuditLeaf(Number v, Number table, Number slot, Number target) =>
        Record(on => on.AuditLeaf(v, table, slot, target));

    public override Truth AuditUpper(Number v, Number table, Number slot, Number target) =>
        Record(on => on.AuditUpper(v, table, slot, target));

    public override Truth AuditOwnLinear(Number v, Number table, Number slot) => Record(on => on.AuditOwnLinear(v, table, slot));

    public override Truth AuditSiblingLinear(Number v, Number table, Number slot, Number target) =>
        Record(on => on.AuditSiblingLinear(v, table, slot, target));

    public override Truth ClaimXenSlot(Number v, Number table, Number slot) => Record(on => on.ClaimXenSlot(v, table, slot));

    public override Truth Finish(Number v, Number f, Truth lawful) => Record(on => on.Finish(v, f, lawful));

    public override Truth UndoEntry(Number v, Number table, Number slot, Number target) =>
        Record(on => on.UndoEntry(v, table, slot, target));

    public override Truth Abort(Number v, Number f) => Record(on => on.Abort(v, f));

    public override Truth BeginDevalidate(Number v, Number f) => Record(on => on.BeginDevalidate(v, f));

    public override Truth Devalidate(Number v, Number f) => Record(on => on.Devalidate(v, f));

    public override Truth Fill(
        Number v, Number t4, Number i4, Number t3, Number i3, Number t2, Number i2, Number t1, Number i1, Number f, Truth write) =>
        Record(on => on.Fill(v, t4, i4, t3, i3, t2, i2, t1, i1, f, write));

    public override Truth FillSuperpage(
        Number v, Number t4, Number i4, Number t3, Number i3, Number t2, Number i2, Number t1, Number f, Truth write) =>
        Record(on => on.FillSuperpage(v, t4, i4, t3, i3, t2, i2, t1, f, write));

    public override Truth Flush(Number v) => Record(on => on.Flush(v));

    public override Truth UnloadKernelBase(Number v, Number f) => Record(on => on.UnloadKernelBase(v, f));

    public override Truth LoadKernelBase(Number v, Number f) => Record(on => on.LoadKernelBase(v, f));

    public override Truth UnloadUserBase(Number v, Number f) => Record(on => on.UnloadUserBase(v, f));

    public override Truth LoadUserBase(Number v, Number f) => Record(on => on.LoadUserBase(v, f));

    public override Truth EnterKernel(Number v) => Record(on => on.EnterKernel(v));

    public override Truth EnterUser(Number v) => Record(on => on.EnterUser(v));

    protected internal override Truth MayTake(Number v, Number f) => inner.MayTake(v, f);

    protected internal override Truth MayForget(Number f) => inner.MayForget(f);

    protected internal override Truth HasLawfulBits(Number table, ConcreteContent e) => inner.HasLawfulBits(table, e);

    protected internal override Truth MayReach(Number table, Number target) => inner.MayReach(table, target);

    private Truth Record(Func<ConcreteSteps, Truth> take, [CallerMemberName] string name = "")
    {
        Truth taken = take(inner);
        if (taken) Log.Add(new(name, take));
        return taken;
    }
}
