using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>mmuext_op (26): pins, base pointers and flushes, up to the first that is refused.</summary>
public sealed partial class Program
{
    [Clause("HC-6")]
    public Answer Perform(MmuExtOp request)
    {
        int v = request.Caller.Value;
        Errno foreign = CheckForeign(v, (ushort)request.Foreign);                                   // HC-1
        if (foreign != Errno.None) return Answer.Refused(foreign);

        int done = 0;
        foreach (ExtOp op in request.Ops)
        {
            Errno refused = Perform(v, op);
            if (refused != Errno.None) return new(-(long)refused, done);
            done++;
        }

        return new(0, done);
    }

    [Clause("HC-11")]
    private Errno Perform(int v, in ExtOp op) => op.Command switch
    {
        ExtCommand.PinL1 => Pin(v, op.Frame, PageType.L1),
        ExtCommand.PinL2 => Pin(v, op.Frame, PageType.L2),
        ExtCommand.PinL3 => Pin(v, op.Frame, PageType.L3),
        ExtCommand.PinL4 => Pin(v, op.Frame, PageType.L4),
        ExtCommand.Unpin => Unpin(v, op.Frame),
        ExtCommand.NewBase => NewBase(v, op.Frame),
        ExtCommand.NewUserBase => NewUserBase(v, op.Frame),
        ExtCommand.TlbFlushLocal => FlushSome(v, [new(v)]),
        ExtCommand.TlbFlushMulti => FlushSome(v, op.Vcpus),
        ExtCommand.TlbFlushAll => FlushAll(v),
        ExtCommand.InvlpgLocal or ExtCommand.InvlpgAll => Errno.None,                         // HC-10.c, D-6
        ExtCommand.InvlpgMulti => op.Vcpus is null ? Errno.EINVAL : Errno.None,               // HC-10.b
        ExtCommand.FlushCache or ExtCommand.FlushCacheGlobal => Errno.EACCES,                 // HC-11.a
        ExtCommand.SetLdt => SetLdt(op),                                                      // HC-11.b
        ExtCommand.ClearPage => TouchData(v, op.Frame),                                       // HC-11.c
        ExtCommand.CopyPage => Owns(v, op.Source) ? TouchData(v, op.Frame) : Errno.EINVAL,    // HC-11.c
        ExtCommand.MarkSuper or ExtCommand.UnmarkSuper => Errno.EOPNOTSUPP,                   // HC-11.d
        _ => Errno.ENOSYS,                                                                    // HC-11.e
    };

    [Clause("HC-7")]
    private Errno Pin(int v, Mfn frame, PageType level)
    {
        if (!Owns(v, frame)) return Errno.EINVAL;                                             // HC-7.a
        int f = (int)frame.Value;
        Errno refused = Get(v, f, level);                                                     // HC-7.b
        if (refused != Errno.None) return refused;
        if (Try(_step.Pin(v, f), nameof(_step.Pin))) return Errno.None;

        Return(v, f);
        return Errno.EINVAL;                                                                  // HC-7.c
    }

    [Clause("HC-8")]
    private Errno Unpin(int v, Mfn frame)
    {
        if (!Owns(v, frame)) return Errno.EINVAL;                                             // HC-8.a
        int f = (int)frame.Value;
        if (!Try(_step.Unpin(v, f), nameof(_step.Unpin))) return Errno.EINVAL;                // HC-8.b

        Put(v, f);
        return Errno.None;
    }

    [Clause("HC-9")]
    private Errno NewBase(int v, Mfn frame)
    {
        int old = Frames(_s.KernelBase).Single(v);
        if (old != Store.Any && (ulong)old == frame.Value)
        {
            Must(_step.Flush(v), nameof(_step.Flush));                                        // HC-9.a
            return Errno.None;
        }

        Errno refused = Exists(frame) ? Get(v, (int)frame.Value, PageType.L4) : Errno.EINVAL; // HC-9.b
        if (refused != Errno.None) return refused;

        if (old != Store.Any) Must(_step.UnloadKernelBase(v, old), nameof(_step.UnloadKernelBase));
        Must(_step.LoadKernelBase(v, (int)frame.Value), nameof(_step.LoadKernelBase));
        if (old != Store.Any) Put(v, old);
        return Errno.None;
    }

    [Clause("HC-9")]
    private Errno NewUserBase(int v, Mfn frame)
    {
        int old = Frames(_s.UserBase).Single(v);
        if (frame.Value == (old == Store.Any ? 0 : (ulong)old)) return Errno.None;            // HC-9.c

        if (frame.Value != 0)
        {
            Errno refused = Exists(frame) ? Get(v, (int)frame.Value, PageType.L4) : Errno.EINVAL;
            if (refused != Errno.None) return refused;
        }

        if (old != Store.Any) Must(_step.UnloadUserBase(v, old), nameof(_step.UnloadUserBase));
        if (frame.Value != 0) Must(_step.LoadUserBase(v, (int)frame.Value), nameof(_step.LoadUserBase));      // HC-9.d
        if (old != Store.Any) Put(v, old);
        return Errno.None;
    }

    [Clause("HC-10")]
    private Errno FlushSome(int v, IReadOnlyList<VcpuId>? vcpus)
    {
        if (vcpus is null) return Errno.EINVAL;                                               // HC-10.b

        foreach (VcpuId each in vcpus)
        {
            if (each.Value < _universe.Vcpus && _s.Home[each.Value] == _s.Home[v]) Must(_step.Flush(each.Value), nameof(_step.Flush));
        }

        return Errno.None;
    }

    [Clause("HC-10")]
    private Errno FlushAll(int v)
    {
        FlushDomain(_s.Home[v].Value);                                                        // HC-10.a
        return Errno.None;
    }

    /// <summary>Only the empty table of local descriptors is had.</summary>
    [Clause("HC-11.b"), Clause("D-7")]
    private static Errno SetLdt(in ExtOp op) =>
        op.Entries == 0 ? Errno.None
        : op.Entries > 8192 || op.Address % 4096 != 0 || IsXens(op.Address) ? Errno.EINVAL
        : Errno.EOPNOTSUPP;

    /// <summary>The linear address is Xen's or not canonical (xen/include/public/arch-x86/xen-x86_64.h).</summary>
    private static bool IsXens(ulong address) => address is >= 0x0000_8000_0000_0000 and < 0xffff_8800_0000_0000;

    /// <summary>Xen writes a whole page for the caller: it must be, or become, one that guests may write.</summary>
    private Errno TouchData(int v, Mfn frame)
    {
        Errno refused = Exists(frame) ? Get(v, (int)frame.Value, PageType.Writable) : Errno.EINVAL;
        if (refused != Errno.None) return Errno.EINVAL;

        Return(v, (int)frame.Value);
        return Errno.None;
    }
}
