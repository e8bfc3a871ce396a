using System.Buffers.Binary;

namespace Implementation.Hypervisor;

/// <summary>How long a vCPU ran and blocked: <c>struct vcpu_runstate_info</c>.</summary>
internal sealed class Runstate
{
    public const int Size = 48;

    private const int Running = 0, Blocked = 2;

    private readonly ulong[] _time = new ulong[4];
    private int _state = Running;
    private ulong _entered;

    public bool IsBlocked => _state == Blocked;

    /// <summary>Where the guest wants the record kept up to date; 0 for nowhere.</summary>
    public ulong Area { get; set; }

    public void Enter(bool blocked, ulong now)
    {
        _time[_state] += now - _entered;
        _entered = now;
        _state = blocked ? Blocked : Running;
    }

    public void Write(Span<byte> to, ulong now)
    {
        to[..Size].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(to, _state);
        BinaryPrimitives.WriteUInt64LittleEndian(to[8..], _entered);
        for (int i = 0; i < _time.Length; i++)
        {
            ulong current = i == _state ? now - _entered : 0;
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
