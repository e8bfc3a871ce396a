using Implementation.Cpu;
using Implementation.Hypercalls;

namespace Implementation.Hypervisor;

/// <summary>Runs the vCPUs of one domain in turn, and stands between each of them and what happens at its boundary.</summary>
/// <remarks>
/// A vCPU runs for at most <see cref="Slice"/> instructions, so that stops, limits and other vCPUs get their turn; slices,
/// timers and device work depend on retired instructions alone, so a run repeats exactly.
/// </remarks>
internal sealed class RunLoop(Domain domain, RunLimits limits)
{
    /// <summary>Half a millisecond of virtual time.</summary>
    public const ulong Slice = 500_000;

    /// <summary>INT 0x82 (HYPERCALL_VECTOR), open to ring 1.</summary>
    private const byte HypercallVector = 0x82;

    private readonly ulong _start = Retired(domain);
    private ulong _clock = domain.Vcpus.Max(v => v.Now);
    private ulong _faults;
    private int _turn;

    private Xen Xen => domain.Xen;

    public RunResult Run()
    {
        while (true)
        {
            if (Ending() is { } reason) return End(reason);

            ExpireTimers();
            if (NextRunnable() is { } vcpu) RunSlice(vcpu);
            else if (!TryWake()) return End(StopReason.Blocked);
        }
    }

    private StopReason? Ending() => domain switch
    {
        { CrashReason: not null } => StopReason.Crash,
        { HasEnded: true } => StopReason.Shutdown,
        _ when Xen.TryTakeStop(out StopReason stop) => stop,
        _ when limits.Interrupt.IsCancellationRequested => StopReason.Interrupt,
        _ when Used >= limits.Instructions => StopReason.Limit,
        _ => null,
    };

    /// <summary>What counts towards the limit: a guest whose fault handler faults at once retires nothing, for ever.</summary>
    private ulong Used => Retired(domain) - _start + _faults;

    private RunResult End(StopReason reason)
    {
        domain.Console?.Drain();
        return new(reason, Describe(reason), Retired(domain) - _start);
    }

    private string Describe(StopReason reason) => reason switch
    {
        StopReason.Crash => domain.CrashReason!,
        StopReason.Shutdown => $"the guest shut down ({domain.ShutdownReason})",
        StopReason.Limit => $"the limit of {limits.Instructions} instructions was reached",
        StopReason.Interrupt => "the run was interrupted",
        StopReason.Blocked => "every vCPU is blocked and no event can ever arrive",
        _ => "the run was asked to stop",
    };

    /// <summary>Runs one vCPU until its slice ends or something needs the hypervisor's full attention.</summary>
    private void RunSlice(Vcpu vcpu)
    {
        vcpu.Cpu.TscOffset = _clock - vcpu.Cpu.Retired;
        ulong sliceEnd = _clock + Slice;
        domain.IsTurnOver = false;

        while (vcpu.State == VcpuState.Runnable && !domain.HasEnded && !Xen.IsStopping && !limits.Interrupt.IsCancellationRequested)
        {
            EventDelivery.Deliver(vcpu);
            GuestEntry.Reload(vcpu);
            if (domain.HasEnded) break;

            ulong now = vcpu.Now, until = Math.Min(sliceEnd, NextTimer());
            ulong left = limits.Instructions - Math.Min(limits.Instructions, Used);
            if (now >= until || left == 0 || (domain.IsTurnOver && domain.Vcpus.Length > 1)) break;

            CpuExit exit = RunGuest(vcpu, Math.Min(until - now, left));
            if (exit.Reason == ExitReason.Budget)
            {
                // A guest that spins without ever calling gets its keys here.
                if (vcpu.Now >= sliceEnd) domain.Console?.OfferInput();
                break;
            }

            if (exit.Reason == ExitReason.Exception) _faults++;
            Dispatch(vcpu, exit);
        }

        _clock = vcpu.Now;
    }

    /// <summary>Goes on with guest code until the processor leaves it.</summary>
    internal static CpuExit RunGuest(Vcpu vcpu, ulong instructions)
    {
        IHypervisorObserver? observer = vcpu.Domain.Xen.Observer;
        observer?.GuestResuming(vcpu);
        CpuExit exit = vcpu.Cpu.Run(instructions);
        if (TrapEntry.IsFault(exit)) vcpu.Cpu.Rflags |= RflagsBits.Resume;
        observer?.GuestLeft(vcpu, exit);
        return exit;
    }

    /// <summary>Carries out, or hands to the guest kernel, what the processor left guest code for.</summary>
    internal static void Dispatch(Vcpu vcpu, in CpuExit exit)
    {
        if (exit.Reason == ExitReason.Syscall) TrapEntry.ForgetSegments(vcpu);
        switch (exit.Reason)
        {
            case ExitReason.Syscall when vcpu.InKernelMode && !vcpu.Domain.Is32Bit:
            case ExitReason.SoftwareInterrupt when exit.Vector == HypercallVector && vcpu.InKernelMode && vcpu.Domain.Is32Bit:
                Table.Dispatch(vcpu.Domain.Xen, vcpu);
                break;
            case ExitReason.Syscall:
                TrapEntry.EnterSyscall(vcpu);
                break;
            case ExitReason.Sysenter:
                TrapEntry.EnterSysenter(vcpu);
                break;
            case ExitReason.Exception:
                TrapEntry.HandleException(vcpu, exit);
                break;
            case ExitReason.SoftwareInterrupt:
                TrapEntry.HandleSoftwareInterrupt(vcpu, exit);
                break;
        }
    }

    private void ExpireTimers()
    {
        foreach (Vcpu vcpu in domain.Vcpus) vcpu.Timers.Expire(_clock);
    }

    /// <summary>The next vCPU that can run, after waking those whose reason to wait is gone.</summary>
    private Vcpu? NextRunnable()
    {
        for (int i = 0; i < domain.Vcpus.Length; i++)
        {
            _turn = (_turn + 1) % domain.Vcpus.Length;
            Vcpu vcpu = domain.Vcpus[_turn];
            if (EventDelivery.IsAwake(vcpu))
            {
                vcpu.Cpu.TscOffset = _clock - vcpu.Cpu.Retired;
                Resume(vcpu, _clock);
                return vcpu;
            }
        }

        return null;
    }

    /// <summary>Ends a vCPU's wait.</summary>
    internal static void Resume(Vcpu vcpu, ulong now)
    {
        if (vcpu.State == VcpuState.Runnable && vcpu.Runstate.Kind == RunstateKind.Running) return;

        vcpu.State = VcpuState.Runnable;
        vcpu.PolledPorts = [];
        vcpu.Timers.Poll = VirtualTime.Never;
        vcpu.Runstate.Enter(RunstateKind.Running, now);
        vcpu.Runstate.Publish(vcpu);
    }

    /// <summary>With nothing to run: takes keys, lets time pass to the next timer, or waits for a person to type.</summary>
    private bool TryWake()
    {
        domain.StoreRing?.Serve();
        domain.Console?.Drain();
        if (domain.Console?.OfferInput() == true) return true;
        if (domain.Vcpus.Any(EventDelivery.IsAwake)) return true;

        ulong next = NextTimer();
        if (next != VirtualTime.Never)
        {
            _clock = Math.Max(_clock, next);
            return true;
        }

        return domain.Console?.WaitForInput(limits.Interrupt) == true;
    }

    /// <summary>When the next timer of a vCPU that is up is due: its owner has its turn then, whoever runs.</summary>
    private ulong NextTimer()
    {
        ulong next = VirtualTime.Never;
        foreach (Vcpu vcpu in domain.Vcpus)
        {
            if (vcpu.State != VcpuState.Down) next = Math.Min(next, vcpu.Timers.Next);
        }

        return next;
    }

    private static ulong Retired(Domain domain)
    {
        ulong sum = 0;
        foreach (Vcpu vcpu in domain.Vcpus) sum += vcpu.Cpu.Retired;
        return sum;
    }
}
