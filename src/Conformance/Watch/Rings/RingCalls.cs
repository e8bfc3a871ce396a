using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Hypercalls as ring protection understands them: performed on the model by what registers and memory say, and compared with the answer.</summary>
internal static class RingCalls
{
    private const ulong Length = 2; // of SYSCALL and of INT 0x82

    /// <summary>Before the hypervisor acts.</summary>
    public static void Enter(VcpuRings r, in HypercallRegisters call)
    {
        Trip trip = r.Trip;
        if (trip.Depth++ == 0)
        {
            trip.Outermost = call.Number;
            if (trip.Owed == Owed.Hypercall) trip.Owed = Owed.Nothing;
            r.Take(RingStep.BeginHypercall, r.Steps.BeginHypercall(r.V), call.Number);
        }

        if (call.Number == Abi.SetGdt) trip.Frames = DescriptorCalls.ReadFrames(r.Vcpu, call);
        trip.Expected = call.Number switch
        {
            Abi.SetTrapTable => TrapCalls.SetTrapTable(r, call),
            Abi.StackSwitch => TrapCalls.SwitchStack(r, call),
            Abi.SetCallbacks => TrapCalls.SetCallbacks(r, call),
            Abi.CallbackOp => TrapCalls.CallbackOp(r, call),
            Abi.NmiOp => TrapCalls.NmiOp(r, call),
            Abi.Iret => IretCalls.Perform(r),
            Abi.FpuTaskswitch => RegisterCalls.SwitchFloating(r, call),
            Abi.SetSegmentBase => RegisterCalls.SetSegmentBase(r, call),
            Abi.PhysdevOp => RegisterCalls.PhysdevOp(r, call),
            _ => null,
        };
    }

    /// <summary>After it.</summary>
    public static void Leave(VcpuRings r, in HypercallRegisters call, long answer)
    {
        Trip trip = r.Trip;
        trip.Depth--;
        if (r.Vcpu.Domain.HasEnded) return;

        bool goesOn = r.Vcpu.Continuation is not null;
        if (trip.Expected is { } expected && !goesOn && call.Number != Abi.Iret) r.Same($"answer to {Abi.Name(call.Number)}", (ulong)expected, (ulong)answer);
        trip.Expected = null;
        Settle(r, call, answer);
        if (r.S.Serving[r.V] && MayWrite(call.Number)) Leaving.Masks(r, r.Vcpu.Info.UpcallMask);
        if (trip.Depth > 0 || !r.S.Serving[r.V]) return;

        ulong next = goesOn ? r.S.Ip[r.V].Value - Length : r.S.Ip[r.V].Value;
        r.Take(RingStep.EndHypercall, r.Steps.EndHypercall(r.V, next), next);
        if (r.Vcpu.State != VcpuState.Runnable) r.Take(RingStep.Deschedule, r.Steps.Deschedule(r.V, r.V));
    }

    /// <summary>The hypercall writes where the guest says, be it where the event mask is.</summary>
    private static bool MayWrite(ulong number) => number is not (Abi.SetTrapTable or Abi.StackSwitch or Abi.SetCallbacks or Abi.FpuTaskswitch
        or Abi.SetDebugreg or Abi.VmAssist or Abi.Iret or Abi.SetSegmentBase or Abi.SchedOp);

    /// <summary>What the model is told once it is known whether the hypervisor did it: the memory that it takes is the other model's to judge.</summary>
    private static void Settle(VcpuRings r, in HypercallRegisters call, long answer)
    {
        const ulong block = 1, architecturalIopl = 4, enable = 0, disable = 1;

        switch (call.Number)
        {
            case Abi.SetGdt when answer == 0:
                DescriptorCalls.SetTable(r, r.Trip.Frames, (uint)call.A2);
                break;
            case Abi.UpdateDescriptor when answer == 0:
                DescriptorCalls.Update(r, call);
                break;
            case Abi.SetSegmentBase:
                RegisterCalls.SetUserSelector(r, call);
                break;
            case Abi.SetDebugreg:
                RegisterCalls.WriteDebug(r, (uint)call.A1, call.A2, answer);
                break;
            case Abi.VmAssist when answer == 0 && call.A2 == architecturalIopl && call.A1 is enable or disable:
                r.World.ShowsIopl = call.A1 == enable;
                break;
            case Abi.SchedOp when call.A1 == block:
                r.Take(RingStep.AwaitEvents, r.Steps.AwaitEvents(r.V));
                break;
        }
    }
}
