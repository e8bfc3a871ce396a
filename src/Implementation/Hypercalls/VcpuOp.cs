using System.Buffers.Binary;
using Implementation.Hypervisor;
using Implementation.Memory;

namespace Implementation.Hypercalls;

/// <summary>vcpu_op (24): timers, run states and placement of one vCPU's records (xen/include/public/vcpu.h).</summary>
internal static class VcpuOp
{
    private const uint Initialise = 0, Up = 1, Down = 2, IsUp = 3, GetRunstateInfo = 4, RegisterRunstateArea = 5, SetPeriodicTimer = 6,
        StopPeriodicTimer = 7, SetSingleshotTimer = 8, StopSingleshotTimer = 9, RegisterVcpuInfo = 10;

    /// <param name="r">A1: command; A2: vCPU id; A3: its argument; untrusted</param>
    /// <returns>
    /// 0 or 1 (is_up); -ENOENT: no such vCPU; -EFAULT; -EINVAL; -EEXIST: initialised before; -ENOSYS: unknown
    /// command; or as <see cref="SetContext"/>
    /// </returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint id = (uint)r.A2;
        if (id >= v.Domain.Vcpus.Length) return -Errno.ENOENT;

        Vcpu target = v.Domain.Vcpus[id];
        return (uint)r.A1 switch
        {
            IsUp => target.State == VcpuState.Down ? 0 : 1,
            Initialise => SetContext(xen, v, target, r.A3),
            Up => target.KernelRootMfn != 0 ? BringUp(v, target) : -Errno.EINVAL,
            Down => TakeDown(v, target),
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

    /// <summary>Gives a vCPU that has never run the state to start in (arch_set_info_guest(), xen/arch/x86/domain.c).</summary>
    /// <returns>
    /// 0; -EFAULT: the context is unreadable; -EEXIST: the vCPU has one; -EINVAL: as <see cref="VcpuContext.IsSound"/> says, or as
    /// <see cref="PageTables.SetGdt"/>; -EOPNOTSUPP: an LDT, which Xen would take; or as <see cref="PageTables.LoadFirstRoots"/>
    /// </returns>
    private static long SetContext(Xen xen, Vcpu v, Vcpu target, ulong argument)
    {
        byte[] bytes = new byte[VcpuContext.SizeFor(v.Domain.Abi)];
        if (!v.TryRead(argument, bytes)) return -Errno.EFAULT;
        if (target.KernelRootMfn != 0) return -Errno.EEXIST;

        VcpuContext context = new(bytes, v.Domain);
        if (!context.IsSound) return -Errno.EINVAL;
        if (context.LdtEntries != 0) return -Errno.EOPNOTSUPP;
        if (context.GdtEntries > PageTables.GuestGdtEntries) return -Errno.EINVAL;

        PageTables tables = xen.PageTables;
        long rc = tables.SetGdt(target, context.GdtFrames(), (int)context.GdtEntries);
        if (rc != 0) return rc;

        rc = tables.LoadFirstRoots(target, context.KernelRoot, context.UserRoot);
        if (rc != 0)
        {
            tables.SetGdt(target, [], 0);
            return rc;
        }

        context.Load(target);
        target.LoadRoot();
        xen.Observer?.ContextSet(target);
        if (context.IsOnline) BringUp(v, target);
        return 0;
    }

    private static long BringUp(Vcpu v, Vcpu target)
    {
        target.GoOnline(v.Now);
        return 0;
    }

    private static long TakeDown(Vcpu v, Vcpu target)
    {
        bool isLast = target.Domain.Vcpus.All(other => other == target || other.State == VcpuState.Down);
        if (isLast) target.Domain.Shutdown(ShutdownReason.Poweroff);
        else target.GoOffline(v.Now);
        return 0;
    }

    private static long WriteRunstate(Vcpu v, Vcpu target, ulong to)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> record = stackalloc byte[Runstate.SizeFor(abi)];
        target.Runstate.Write(record, abi, v.Now);
        return v.TryWrite(to, record) ? 0 : -Errno.EFAULT;
    }

    private static long SetRunstateArea(Vcpu v, Vcpu target, ulong argument)
    {
        if (!v.TryReadWord(argument, out ulong area)) return -Errno.EFAULT;
        if (!Vcpu.IsNameable(area, (ulong)Runstate.SizeFor(v.Domain.Abi))) return -Errno.EFAULT;

        target.Runstate.Area = area;
        if (target == v) target.Runstate.Publish(v);
        return 0;
    }

    private static long SetPeriodic(Vcpu v, Vcpu target, ulong argument)
    {
        if (!v.TryRead(argument, out ulong period)) return -Errno.EFAULT;
        if (period is < Timers.ShortestPeriod or > Timers.LongestPeriod) return -Errno.EINVAL;

        target.Timers.SetPeriodic(period);
        return 0;
    }

    private static long StopPeriodic(Vcpu target)
    {
        target.Timers.SetPeriodic(0);
        return 0;
    }

    /// <remarks>VCPU_SSHOTTMR_future is ignored, as Xen 4.17 does: what is past fires at once.</remarks>
    private static long SetSingleshot(Vcpu v, ulong argument)
    {
        Span<byte> timer = stackalloc byte[v.Domain.Abi.Choose(narrow: 12, wide: 16)]; // timeout_abs_ns, flags
        if (!v.TryRead(argument, timer)) return -Errno.EFAULT;

        v.Timers.Singleshot = BinaryPrimitives.ReadUInt64LittleEndian(timer);
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
        if (target.HasPlacedInfo) return -Errno.EINVAL;
        if (target != v && target.State != VcpuState.Down) return -Errno.EINVAL;

        // The page is written from now on, so it must never become a page table: the reference is kept.
        if (xen.PageTables.GetPageAndType(mfn, PageType.Writable, v.Domain.Id) != 0) return -Errno.EINVAL;

        VcpuInfo old = target.Info;
        target.HasPlacedInfo = true;
        target.Info = new(xen.Memory, mfn, (int)offset, v.Domain.SharedInfo);
        target.Info.CopyFrom(old);
        // Nothing that was sent during the move may be lost, so everything is looked at once more.
        target.Info.PendingSelector = ulong.MaxValue;
        target.Info.UpcallPending = true;
        return 0;
    }
}
