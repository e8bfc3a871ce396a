using Conformance.Scripts;
using Conformance.Simulation;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Tests.Simulation;

/// <summary>Which frames Xen gives is its choice; how many, the guest's.</summary>
public sealed class AllocationTests : IDisposable
{
    private const ulong MemoryOp = 12, IncreaseReservation = 0, DecreaseReservation = 1, DomidSelf = 0x7ff0;

    private readonly Simulator _simulator = new(new());

    public void Dispose() => _simulator.Dispose();

    /// <param name="extents">asked for, without a list in which to tell the frames</param>
    /// <param name="given">frames that the hypervisor hands over</param>
    /// <param name="answer">extents that it says it has done</param>
    [Theory, Clause("R-1")]
    [InlineData(2, 2, 2, true)]
    [InlineData(3, 1, 1, true)]
    [InlineData(3, 2, 1, true)]
    [InlineData(2, 3, 2, false)]
    [InlineData(3, 3, 1, false)]
    [InlineData(0, 1, 0, false)]
    public void No_more_frames_are_believed_than_were_asked_for(ulong extents, int given, long answer, bool isBelieved)
    {
        SimulatedStage stage = _simulator.FreshStage();
        Vcpu vcpu = stage.Xen.Domains[0].Vcpus[0];
        GiveBack(stage, vcpu);
        HypercallRegisters call = Reservation(stage, vcpu, IncreaseReservation, list: 0, extents);

        stage.Watch.HypercallEntering(vcpu, call);
        for (int i = 0; i < given; i++) Assert.True(stage.Xen.Heap.TryAllocate(vcpu.Domain, out _));
        stage.Watch.HypercallLeft(vcpu, call, answer);

        Assert.Equal(isBelieved, stage.Watch.Finding is null);
    }

    /// <summary>A domain that has all it may have is given nothing.</summary>
    private static void GiveBack(SimulatedStage stage, Vcpu vcpu)
    {
        const int frames = 3, listAt = 64;
        for (int i = 0; i < frames; i++) Write(stage, vcpu, listAt + (i * 8), stage.FrameOf(1, StageFrame.FirstFree + i));
        Assert.Equal(frames, stage.Call(vcpu, Reservation(stage, vcpu, DecreaseReservation, stage.Layout.Buffer(0) + listAt, frames)));
    }

    /// <summary>struct xen_memory_reservation: list, count, order and flags, domain.</summary>
    private static HypercallRegisters Reservation(SimulatedStage stage, Vcpu vcpu, ulong command, ulong list, ulong extents)
    {
        ulong[] reservation = [list, extents, 0, DomidSelf];
        for (int i = 0; i < reservation.Length; i++) Write(stage, vcpu, i * 8, reservation[i]);
        return new(MemoryOp, command, stage.Layout.Buffer(0), 0, 0, 0);
    }

    private static void Write(SimulatedStage stage, Vcpu vcpu, int offset, ulong value) =>
        stage.Xen.Memory.Write64((stage.BufferFrame(vcpu) << 12) + (ulong)offset, value);
}
