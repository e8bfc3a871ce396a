using System.Buffers.Binary;

namespace Implementation.Hypervisor;

/// <summary>RUNSTATE_* (xen/include/public/vcpu.h).</summary>
internal enum RunstateKind { Running, Runnable, Blocked, Offline }

/// <summary>How long a vCPU ran, waited, and was down: <c>struct vcpu_runstate_info</c>.</summary>
internal sealed class Runstate
{
    public const int Size = 48;

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

    public void Write(Span<byte> to, ulong now)
    {
        to[..Size].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(to, (int)Kind);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], _entered);
        for (int i = 0; i < _time.Length; i++)
        {
            ulong current = i == (int)Kind ? Math.Max(now, _entered) - _entered : 0;
            BinaryPrimitives.WriteUInt64LittleEndian(to[(16 + 8 * i)..], _time[i] + current);
        }
    }

    /// <summary>Brings the guest's copy up to date. A guest that has unmapped it since simply keeps its old values.</summary>
    public void Publish(Vcpu vcpu)
    {
        if (Area == 0) return;

        Span<byte> record = stackalloc byte[Size];
        Write(record, vcpu.Now);
        _ = vcpu.TryWrite(Area, record);
    }
}
