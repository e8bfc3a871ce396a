using System.Buffers.Binary;
using Implementation.Hypervisor;
using Implementation.Memory;

namespace Implementation.Hypercalls;

/// <summary>vcpu_op (24): timers, run states and placement of one vCPU's records (xen/include/public/vcpu.h).</summary>
internal static class VcpuOp
{
    private const uint Initialise = 0, Up = 1, Down = 2, IsUp = 3, GetRunstateInfo = 4, RegisterRunstateArea = 5, SetPeriodicTimer = 6,
        StopPeriodicTimer = 7, SetSingleshotTimer = 8, StopSingleshotTimer = 9, RegisterVcpuInfo = 10;

    private const uint MustBeInFuture = 1;

    /// <param name="r">A1: command; A2: vCPU id; A3: its argument; untrusted</param>
    /// <returns>0 or 1 (is_up); -ENOENT: no such vCPU; -EFAULT; -EINVAL; -ETIME: already past; -ENOSYS: unknown command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint id = (uint)r.A2;
        if (id >= v.Domain.Vcpus.Length) return -Errno.ENOENT;

        Vcpu target = v.Domain.Vcpus[id];
        return (uint)r.A1 switch
        {
            IsUp => target.State == VcpuState.Down ? 0 : 1,
            Initialise => target.KernelRootMfn != 0 ? -Errno.EEXIST : -Errno.ENOSYS,
            Up => target.KernelRootMfn != 0 ? BringUp(target) : -Errno.EINVAL,
            Down => TakeDown(target),
            GetRunstateInfo => WriteRunstate(v, target, r.A3),
            RegisterRunstateArea => SetRunstateArea(v, target, r.A3),
            SetPeriodicTimer => SetPeriodic(v, target, r.A3),
            StopPeriodicTimer => StopPeriodic(target),
            SetSingleshotTimer => target != v ? -Errno.EINVAL : SetSingleshot(v, r.A3),
            StopSingleshotTimer => target != v ? -Errno.EINVAL : StopSingleshot(v),
            RegisterVcpuInfo => PlaceInfo(xen, v, target, r.A3),
            _ => -Errno.ENOSYS,
        };
    }

    private static long BringUp(Vcpu target)
    {
        if (target.State == VcpuState.Down) target.State = VcpuState.Runnable;
        return 0;
    }

    private static long TakeDown(Vcpu target)
    {
        target.State = VcpuState.Down;
        if (target.Domain.Vcpus.All(v => v.State == VcpuState.Down)) target.Domain.Shutdown(ShutdownReason.Poweroff);
        return 0;
    }

    private static long WriteRunstate(Vcpu v, Vcpu target, ulong to)
    {
        Span<byte> record = stackalloc byte[Runstate.Size];
        target.Runstate.Write(record, v.Now);
        return v.TryWrite(to, record) ? 0 : -Errno.EFAULT;
    }

    private static long SetRunstateArea(Vcpu v, Vcpu target, ulong argument)
    {
        if (!v.TryRead(argument, out ulong area)) return -Errno.EFAULT;
        if (!Vcpu.IsNameable(area, Runstate.Size)) return -Errno.EFAULT;

        target.Runstate.Area = area;
        if (target == v) target.Runstate.Publish(v);
        return 0;
    }

    private static long SetPeriodic(Vcpu v, Vcpu target, ulong argument)
    {
        if (!v.TryRead(argument, out ulong period)) return -Errno.EFAULT;
        if (period is < Timers.ShortestPeriod or > long.MaxValue) return -Errno.EINVAL;

        target.Timers.SetPeriodic(period);
        return 0;
    }

    private static long StopPeriodic(Vcpu target)
    {
        target.Timers.SetPeriodic(0);
        return 0;
    }

    private static long SetSingleshot(Vcpu v, ulong argument)
    {
        Span<byte> timer = stackalloc byte[16]; // timeout_abs_ns, flags
        if (!v.TryRead(argument, timer)) return -Errno.EFAULT;

        ulong deadline = BinaryPrimitives.ReadUInt64LittleEndian(timer);
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(timer[8..]);
        if ((flags & MustBeInFuture) != 0 && deadline < v.Now) return -Errno.ETIME;

        v.Timers.Singleshot = deadline;
        return 0;
    }

    private static long StopSingleshot(Vcpu v)
    {
        v.Timers.Singleshot = VirtualTime.Never;
        return 0;
    }

    /// <summary>Moves a vCPU's vcpu_info out of shared_info into a page of the guest's, once.</summary>
    private static long PlaceInfo(Xen xen, Vcpu v, Vcpu target, ulong argument)
    {
        Span<byte> place = stackalloc byte[16]; // mfn, offset, reserved
        if (!v.TryRead(argument, place)) return -Errno.EFAULT;

        ulong mfn = BinaryPrimitives.ReadUInt64LittleEndian(place);
        uint offset = BinaryPrimitives.ReadUInt32LittleEndian(place[8..]);
        if (offset > PhysicalMemory.PageSize - VcpuInfo.Size) return -Errno.EINVAL;
        if (target.Info.Mfn != v.Domain.SharedInfoMfn) return -Errno.EINVAL;
        if (target != v && target.State != VcpuState.Down) return -Errno.EINVAL;

        // The page is written from now on, so it must never become a page table: the reference is kept.
        if (xen.PageTables.GetPageAndType(mfn, PageType.Writable, v.Domain.Id) != 0) return -Errno.EINVAL;

        VcpuInfo old = target.Info;
        target.Info = new(xen.Memory, mfn, (int)offset);
        target.Info.CopyFrom(old);
        // Nothing that was sent during the move may be lost, so everything is looked at once more.
        target.Info.PendingSelector = ulong.MaxValue;
        target.Info.UpcallPending = true;
        return 0;
    }
}
