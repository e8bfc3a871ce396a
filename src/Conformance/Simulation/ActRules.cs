using Conformance.Bridge;
using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Simulation;

/// <summary>Which acts are left out, because they would take away what the program that performs scripts needs to go on.</summary>
/// <remarks>
/// Decided from the model's state before the act, so that every target leaves out the same; and from the hypervisor's where the model has none:
/// which vCPUs are up, which domains have ended, and where an address leads that a processor may have cached.
/// </remarks>
[Clause("CA-3")]
internal sealed class ActRules(SimulatedStage stage)
{
    private Machine Model => stage.Model;

    public bool IsCarriedOut(Vcpu vcpu, Act act) => act.Row.Means switch
    {
        _ when vcpu.Domain.HasEnded || vcpu.State == VcpuState.Down => false, // CA-3.a
        _ when act.NotFor(stage.Shape.Kind) is not null => false, // CA-3.h
        Means.Hypercall => IsInKernel(vcpu) && IsCallCarriedOut(vcpu, act), // CA-3.b
        Means.Read or Means.Write => LeavesProgram(vcpu, stage.ResolveAddress(vcpu, act[0])), // CA-3.c
        Means.EnterUser => IsInKernel(vcpu) && UserRoot(vcpu) is { } root && stage.LeadsToProgram(vcpu.Domain, root.Value), // CA-3.b, CA-3.g
        Means.Return => IsInKernel(vcpu) && (!ReturnFrame.Of(act, stage.Shape.Kind).IsToUser || UserRoot(vcpu) is not { } root || stage.LeadsToProgram(vcpu.Domain, root.Value)), // CA-3.b, CA-3.g
        Means.EnterKernel => !IsInKernel(vcpu), // CA-3.b
        _ => true,
    };

    /// <summary>The root in user mode; a 32-bit domain has one for both.</summary>
    private Mfn? UserRoot(Vcpu vcpu) => stage.Shape.Space.IsNarrow ? Model.KernelBase(stage.Watch.Number(vcpu)) : Model.UserBase(stage.Watch.Number(vcpu));

    /// <summary>For a 32-bit domain's memory its modes are alike: the model of memory does not tell them apart.</summary>
    private bool IsInKernel(Vcpu vcpu) => stage.Shape.Space.IsNarrow ? vcpu.InKernelMode : Model.IsInKernel(stage.Watch.Number(vcpu));

    /// <summary>No operand names memory of the program, and the operation does nothing to the roots that the program runs on.</summary>
    private bool IsCallCarriedOut(Vcpu vcpu, Act act, bool isFirst = true)
    {
        for (int i = 0; i < act.Row.Fixed.Length; i++)
        {
            if (!IsHarmless(vcpu, act.Row.Fixed[i].Sort, act[i])) return false;
        }

        for (int e = 0; e < act.Elements; e++)
        {
            for (int i = 0; i < act.Row.Element.Length; i++)
            {
                if (!IsHarmless(vcpu, act.Row.Element[i].Sort, act[e, i])) return false;
            }

            if (!IsElementCarriedOut(vcpu, act, e, isFirst)) return false;
        }

        for (int i = 0; i < act.Members.Length; i++)
        {
            if (act.Members[i].Row.Means != Means.Hypercall || !IsCallCarriedOut(vcpu, act.Members[i], isFirst: i == 0)) return false;
        }

        return true;
    }

    private bool IsHarmless(Vcpu vcpu, Sort sort, in Operand operand) => sort switch
    {
        Sort.Address => LeavesProgram(vcpu, stage.ResolveAddress(vcpu, operand)), // CA-3.c
        Sort.Pointer or Sort.OptionalPointer when operand.Kind != Reference.Buffer => LeavesProgram(vcpu, stage.ResolveAddress(vcpu, operand)),
        Sort.Frame when operand.Kind != Reference.Frame => !IsUnnamed(operand.Bits), // CA-3.d; an address in its place is read as its offset (Operand.ToMachine)
        Sort.Entry when operand.Kind == Reference.Number => (operand.Bits & 1) == 0 || !IsUnnamed((operand.Bits & 0x000f_ffff_ffff_f000) >> 12),
        _ => true,
    };

    /// <param name="isFirst">nothing of the same request comes before the act</param>
    private bool IsElementCarriedOut(Vcpu vcpu, Act act, int element, bool isFirst) => act.Operation switch
    {
        Operation.MmuUpdate => IsSlotOfScripts(stage.Resolve(vcpu, act[element, 0]), (int)(act[element, 1].Bits & 511)), // CA-3.e
        Operation.MmuExtOp when (uint)stage.Resolve(vcpu, act[element, 0]) == (uint)ExtCommand.NewBase =>
            HoldsProgram(vcpu, stage.Resolve(vcpu, act[element, 1]), isFirst && element == 0), // CA-3.f
        _ => true,
    };

    /// <summary>A root that some vCPU runs on keeps the slots that are not a script's; of a 32-bit domain's the program needs one that nobody can change.</summary>
    private bool IsSlotOfScripts(ulong frame, int slot) => stage.Shape.Space.IsNarrow || stage.Shape.Space.RootSlots.Contains(slot) || !IsRoot(frame);

    private bool IsRoot(ulong frame)
    {
        foreach (Domain domain in stage.Xen.Domains)
        {
            if (stage.FrameOf(domain.Id, StageFrame.Root) == frame) return true;
            foreach (Vcpu vcpu in domain.Vcpus)
            {
                VcpuId id = stage.Watch.Number(vcpu);
                if (Model.KernelBase(id)?.Value == frame || Model.UserBase(id)?.Value == frame) return true;
            }
        }

        return false;
    }

    /// <summary>A frame that could be loaded as a root leads to the program as the root of the stage does.</summary>
    /// <remarks>What the frame is in use as keeps it from being loaded, unless something before in the same request changes that.</remarks>
    private bool HoldsProgram(Vcpu vcpu, ulong frame, bool isFirst)
    {
        if (!Model.Exists(new(frame))) return true;
        FrameView view = Model.View(new(frame));
        if (view.Owner.Value != vcpu.Domain.Id || (isFirst && view.TypeCount > 0 && view.Type != stage.RootType)) return true;

        return stage.LeadsToProgram(vcpu.Domain, frame);
    }

    /// <summary>An address that no slot of the program's leads to.</summary>
    private bool LeavesProgram(Vcpu vcpu, ulong linear)
    {
        int levels = stage.Shape.Space.Levels, slot = PageEntry.Slot(linear, levels);
        bool isProgram = slot == PageEntry.Slot(stage.Layout.Base, levels) && (!stage.Shape.Space.IsNarrow || linear < Abi.FirstXenAddress32);
        return !isProgram && !ReachesUnnamed(vcpu, linear);
    }

    /// <summary>Through linear tables an address can lead to the program's own tables.</summary>
    private bool ReachesUnnamed(Vcpu vcpu, ulong linear) =>
        vcpu.Cpu.TryTranslate(linear, Implementation.Cpu.AccessKind.Read, out ulong address, out _) && IsUnnamed(address >> 12);

    /// <summary>A frame that belongs to a domain of the stage and has no name: its program's, or a page that Xen shares with it.</summary>
    private bool IsUnnamed(ulong frame)
    {
        if (!Model.Exists(new(frame))) return false;
        ushort owner = Model.View(new(frame)).Owner.Value;
        if (owner == 0 || owner > stage.Xen.Domains.Count) return false;
        for (int index = 0; index < StageFrame.Count; index++)
        {
            if (stage.FrameOf(owner, index) == frame) return false;
        }

        return true;
    }
}
