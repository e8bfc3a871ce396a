using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>mmuext_op (26): pins, base pointers and flushes, up to the first that is refused.</summary>
public sealed partial class Program
{
    /// <returns>null: interrupted</returns>
    [Clause("HC-6")]
    public Answer? Perform(MmuExtOp request, Underway call)
    {
        int v = request.Caller.Value;
        Errno foreign = CheckForeign(v, (ushort)request.Foreign);
        if (foreign != Errno.None) return Answer.Refused(foreign);

        for (; call.Done < request.Ops.Count; call.Done++)
        {
            Errno refused = call.Outcome ?? Perform(v, request.Ops[call.Done]);
            if (!End(v, call, refused)) return null;
            if (refused != Errno.None) return new(-(long)refused, call.Done);
            Granted("HC-6");
        }

        return new(0, call.Done);
    }

    [Clause("HC-11")]
    private Errno Perform(int v, in ExtOp op) => op.Command switch
    {
        ExtCommand.PinL4 when IsCompat(v) => Granted("HC-7.d"),
        ExtCommand.NewUserBase when IsCompat(v) => Because("HC-9.e", Errno.EINVAL),
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
        ExtCommand.InvlpgLocal or ExtCommand.InvlpgAll => FlushAddress([new(v)]),
        ExtCommand.InvlpgMulti => FlushAddress(op.Vcpus),
        ExtCommand.FlushCache => Because("HC-11.a", Errno.EACCES),
        ExtCommand.FlushCacheGlobal => Because("HC-11.a", Errno.EINVAL),
        ExtCommand.SetLdt => Through("HC-11.b", SetLdt(v, op)),
        ExtCommand.ClearPage => Through("HC-11.c", TouchData(v, op.Frame)),
        ExtCommand.CopyPage => Through("HC-11.c", Owns(v, op.Source) ? TouchData(v, op.Frame) : Errno.EINVAL),
        ExtCommand.MarkSuper or ExtCommand.UnmarkSuper => Because("HC-11.d", Errno.EOPNOTSUPP),
        _ => Because("HC-11.e", Errno.ENOSYS),
    };

    [Clause("HC-7")]
    private Errno Pin(int v, Mfn frame, PageType level)
    {
        if (!Owns(v, frame)) return Because("HC-7.a", Errno.EINVAL);
        int f = (int)frame.Value;
        Errno refused = Get(v, f, level);
        if (refused != Errno.None) return Through("HC-7.b", refused);
        if (Try(_step.Pin(v, f), Step.Pin)) return Granted("HC-7");

        Return(v, f);
        return Because("HC-7.c", Errno.EINVAL);
    }

    [Clause("HC-8")]
    private Errno Unpin(int v, Mfn frame)
    {
        if (!Owns(v, frame)) return Because("HC-8.a", Errno.EINVAL);
        int f = (int)frame.Value;
        if (!Try(_step.Unpin(v, f), Step.Unpin)) return Because("HC-8.b", Errno.EINVAL);

        Put(v, f);
        return Granted("HC-8");
    }

    [Clause("HC-9")]
    private Errno NewBase(int v, Mfn frame)
    {
        int old = Frames(_s.KernelBase).Single(v);
        if (old != Store.Any && (ulong)old == frame.Value)
        {
            if (IsCompat(v)) RemoveLdt(v);                                                    // PT-26.b
            Must(_step.Flush(v), Step.Flush);
            return Granted("HC-9.a");
        }

        Errno refused = Exists(frame) ? Get(v, (int)frame.Value, IsCompat(v) ? PageType.L3 : PageType.L4) : Errno.EINVAL;
        if (refused != Errno.None) return Through("HC-9.b", refused);

        RemoveLdt(v);                                                                         // PT-26.b
        if (old != Store.Any) Must(_step.UnloadKernelBase(v, old), Step.UnloadKernelBase);
        Must(_step.LoadKernelBase(v, (int)frame.Value), Step.LoadKernelBase);
        if (old != Store.Any) Put(v, old);
        return Granted("HC-9");
    }

    [Clause("HC-9")]
    private Errno NewUserBase(int v, Mfn frame)
    {
        int old = Frames(_s.UserBase).Single(v);
        if (frame.Value == (old == Store.Any ? 0 : (ulong)old)) return Granted("HC-9.c");

        if (frame.Value != 0)
        {
            Errno refused = Exists(frame) ? Get(v, (int)frame.Value, PageType.L4) : Errno.EINVAL;
            if (refused != Errno.None) return Through("HC-9.b", refused);
        }

        if (old != Store.Any) Must(_step.UnloadUserBase(v, old), Step.UnloadUserBase);
        if (frame.Value != 0) Must(_step.LoadUserBase(v, (int)frame.Value), Step.LoadUserBase);
        if (old != Store.Any) Put(v, old);
        return Granted(frame.Value != 0 ? "HC-9" : "HC-9.d");
    }

    [Clause("HC-10")]
    private Errno FlushSome(int v, IReadOnlyList<VcpuId>? vcpus)
    {
        if (vcpus is null) return Because("HC-10.b", Errno.EINVAL);

        foreach (VcpuId each in vcpus)
        {
            if (each.Value < _universe.Vcpus && _s.Home[each.Value] == _s.Home[v]) Must(_step.Flush(each.Value), Step.Flush);
        }

        return Granted("HC-10.a");
    }

    [Clause("HC-10")]
    private Errno FlushAll(int v)
    {
        FlushDomain(_s.Home[v].Value);
        return Granted("HC-10.a");
    }

    /// <summary>What processors may keep they need not keep; so the model forgets nothing, and a walk may fill it in again.</summary>
    [Clause("HC-10"), Clause("D-6")]
    private Errno FlushAddress(IReadOnlyList<VcpuId>? vcpus) => vcpus is null ? Because("HC-10.b", Errno.EINVAL) : Granted("HC-10.c");

    /// <summary>The caller is given another LDT, whose pages are looked at when they are used; those of the one it had go.</summary>
    [Clause("HC-11.b"), Clause("PT-26")]
    private Errno SetLdt(int v, in ExtOp op)
    {
        if (op.Entries > 8192 || (op.Entries != 0 && (op.Address % 4096 != 0 || IsXens(op.Address)))) return Errno.EINVAL;

        if (!op.IsSame && RemoveLdt(v)) Must(_step.Flush(v), Step.Flush);                     // PT-26.b
        return Granted("HC-11");
    }

    /// <summary>The linear address is Xen's or not canonical (xen/include/public/arch-x86/xen-x86_64.h).</summary>
    private static bool IsXens(ulong address) => address is >= 0x0000_8000_0000_0000 and < 0xffff_8800_0000_0000;

    /// <summary>Xen writes a whole page for the caller: it must be, or become, one that guests may write.</summary>
    private Errno TouchData(int v, Mfn frame)
    {
        Errno refused = Exists(frame) ? Get(v, (int)frame.Value, PageType.Writable) : Errno.EINVAL;
        if (refused != Errno.None) return Errno.EINVAL;

        Return(v, (int)frame.Value);
        return Granted("HC-11");
    }
}
