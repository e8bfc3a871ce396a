namespace Implementation.Hypervisor;

/// <summary>How events reach a vCPU.</summary>
internal static class EventDelivery
{
    /// <summary>Enters the guest's event callback if an event waits and is not masked. Done before every return to the guest.</summary>
    public static void Deliver(Vcpu vcpu)
    {
        VcpuInfo info = vcpu.Info;
        if (!info.UpcallPending || info.UpcallMask) return;

        BounceFrame.Push(vcpu, new(EntryPoint.Event, vcpu.Callbacks.Event, MasksEvents: true, "an event", Selector: vcpu.Callbacks.EventSelector));
    }

    /// <summary>Whether a vCPU can run: it is not waiting, or what it waits for has come.</summary>
    public static bool IsAwake(Vcpu vcpu) => vcpu.State switch
    {
        VcpuState.Runnable => true,
        VcpuState.Blocked => vcpu.Info.UpcallPending,
        VcpuState.Polling => vcpu.Info is { UpcallPending: true, UpcallMask: false }
            || vcpu.PolledPorts.Any(vcpu.Domain.Events.IsPending),
        _ => false,
    };
}
