namespace Implementation.Hypervisor;

/// <summary>RUNSTATE_* (xen/include/public/vcpu.h).</summary>
internal enum RunstateKind { Running, Runnable, Blocked, Offline }

/// <summary>How long a vCPU ran, waited, and was down: <c>struct vcpu_runstate_info</c>.</summary>
internal sealed class Runstate
{
    private readonly ulong[] _time = new ulong[4];
    private ulong _entered;

    /// <summary>A vCPU is down until it has a context and is brought up.</summary>
    public RunstateKind Kind { get; private set; } = RunstateKind.Offline;

    /// <summary>Where the guest wants the record kept up to date; 0 for nowhere.</summary>
    public ulong Area { get; set; }

    public void Enter(RunstateKind kind, ulong now)
    {
        _time[(int)Kind] += Math.Max(now, _entered) - _entered;
        _entered = Math.Max(now, _entered);
        Kind = kind;
    }

    public static int SizeFor(GuestAbi abi) => abi.Choose(narrow: 44, wide: 48);

    public void Write(Span<byte> to, GuestAbi abi, ulong now)
    {
        to.Clear();
        MemberWriter members = new(to, abi);
        members.Int((uint)Kind);
        members.Long(_entered);
        for (int i = 0; i < _time.Length; i++)
        {
            ulong current = i == (int)Kind ? Math.Max(now, _entered) - _entered : 0;
            members.Long(_time[i] + current);
        }
    }

    /// <summary>Brings the guest's copy up to date. A guest that has unmapped it since simply keeps its old values.</summary>
    public void Publish(Vcpu vcpu)
    {
        if (Area == 0) return;

        GuestAbi abi = vcpu.Domain.Abi;
        Span<byte> record = stackalloc byte[SizeFor(abi)];
        Write(record, abi, vcpu.Now);
        _ = vcpu.TryWrite(Area, record);
    }
}
