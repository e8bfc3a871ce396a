using Implementation.Cpu;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>How running a vCPU came to an end.</summary>
internal enum Pause
{
    /// <summary>It stands behind the INT3 it was to stop at.</summary>
    Reached,

    /// <summary>Its domain has ended.</summary>
    Ended,

    /// <summary>It was brought down.</summary>
    Down,

    /// <summary>It did not come there within the bounds.</summary>
    Lost,
}

/// <summary>Runs one vCPU up to a place in its program.</summary>
/// <remarks>
/// The place holds an INT3, at which the engine leaves the guest as at any other; only the address tells it from one that the guest means. So
/// nothing is asked of the engine that it does not do anyway. An event that is due is delivered where <c>RunLoop</c> does, before guest code runs;
/// but while a script has registered an entry point of its own, events wait until the program has registered its own again.
/// </remarks>
internal static class Pacer
{
    /// <summary>
    /// Bounds of one act. Its own code is less than 10,000 instructions; a guest whose handlers fault retires none, and its stack takes a hundred
    /// bytes each time.
    /// </summary>
    private const ulong Instructions = 100_000;

    private const int Exits = 4096, Traps = 24;

    private const int MarkerLength = 1;

    /// <param name="vcpu">stands where it is to begin</param>
    /// <param name="marker">address of the INT3</param>
    /// <param name="events">the program's entry point for events</param>
    public static Pause Run(Vcpu vcpu, ulong marker, ulong events)
    {
        Processor cpu = vcpu.Cpu;
        ulong end = cpu.Retired + Instructions;
        for (int exits = 0, traps = 0; exits < Exits && traps < Traps && cpu.Retired < end; exits++)
        {
            Wake(vcpu);
            if (vcpu.State == VcpuState.Down) return Pause.Down;
            if (vcpu.Callbacks.Event == events) EventDelivery.Deliver(vcpu);
            GuestEntry.Reload(vcpu);
            if (vcpu.Domain.HasEnded) return Pause.Ended;

            CpuExit exit = RunLoop.RunGuest(vcpu, end - cpu.Retired);
            if (exit.Reason == ExitReason.SoftwareInterrupt && cpu.Rip == marker + MarkerLength) return Pause.Reached;
            if (exit.Reason is ExitReason.Exception or ExitReason.SoftwareInterrupt) traps++;
            RunLoop.Dispatch(vcpu, exit);
            if (vcpu.Domain.HasEnded) return Pause.Ended;
        }

        return Pause.Lost;
    }

    /// <summary>A vCPU that waits goes on at once: its script has something for it to do.</summary>
    private static void Wake(Vcpu vcpu)
    {
        if (vcpu.State is VcpuState.Blocked or VcpuState.Polling) RunLoop.Resume(vcpu, vcpu.Now);
    }
}
