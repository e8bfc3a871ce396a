using Implementation.Hypervisor;
using Implementation.Memory;

namespace Implementation.Hypercalls;

/// <summary>mmuext_op (26): pins, base pointers, TLB flushes and whole-page operations.</summary>
internal static class MmuExtOp
{
    /// <summary>The MMUEXT_ numbers of xen/include/public/xen.h.</summary>
    private enum Command : uint
    {
        PinL1Table, PinL2Table, PinL3Table, PinL4Table, UnpinTable, NewBaseptr, TlbFlushLocal, InvlpgLocal, TlbFlushMulti,
        InvlpgMulti, TlbFlushAll, InvlpgAll, FlushCache, SetLdt, NewUserBaseptr = 15, ClearPage, CopyPage, FlushCacheGlobal,
        MarkSuper, UnmarkSuper,
    }

    /// <summary>struct mmuext_op, xen/include/public/xen.h; untrusted.</summary>
    private readonly record struct Operation(Command Command, ulong Arg1, ulong Arg2)
    {
        public static int SizeFor(GuestAbi abi) => abi.Choose(narrow: 12, wide: 24);

        public static bool TryRead(Vcpu v, ulong at, out Operation operation)
        {
            GuestAbi abi = v.Domain.Abi;
            Span<byte> bytes = stackalloc byte[SizeFor(abi)];
            operation = default;
            if (!v.TryRead(at, bytes)) return false;

            MemberReader members = new(bytes, abi);
            operation = new((Command)members.Int(), members.Word(), members.Word());
            return true;
        }
    }

    /// <summary>do_mmuext_op(), xen/arch/x86/mm.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 array of operations, A2 count, A3 address of the count done or 0, A4 foreign domain; untrusted</param>
    /// <returns>
    /// 0, or the first failing operation's errno: -EFAULT: array or operation unreadable; -ESRCH: no such domain; -EPERM:
    /// another domain's; -ENOSYS: no such operation; -EOPNOTSUPP: superpage marks; -EACCES: cache flush without devices; or as
    /// the operation says.
    /// </returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint count = (uint)r.A2, foreign = (uint)r.A4;
        if (MmuBatch.IsAnswerOnly(r.A1, count)) return (int)foreign;

        uint doneBefore = MmuBatch.TakeDone(v, ref count, r.A3);
        if (!MmuBatch.IsGuestAddress(r.A1) || (v.Domain.Is32Bit && r.A1 >= MachineToPhys32.VirtStart)) return -Errno.EFAULT;
        if (!MmuBatch.TryGetPageOwner(xen, v, (ushort)foreign, out ushort owner)) return -Errno.ESRCH;
        if (owner != v.Domain.Id) return -Errno.EPERM;

        return MmuBatch.Run(v, r, count, doneBefore, (uint)Operation.SizeFor(v.Domain.Abi), address =>
            Operation.TryRead(v, address, out Operation operation) ? Perform(xen, v, operation) : -Errno.EFAULT);
    }

    private static long Perform(Xen xen, Vcpu v, Operation operation)
    {
        PageTables tables = xen.PageTables;
        Domain domain = v.Domain;
        ulong arg = operation.Arg1;
        switch (operation.Command)
        {
            case Command.PinL4Table when domain.Is32Bit:
                return 0; // There is no such level, and nothing happens.
            case Command.NewUserBaseptr when domain.Is32Bit:
                return -Errno.EINVAL;
            case Command.PinL1Table or Command.PinL2Table or Command.PinL3Table or Command.PinL4Table:
                return tables.Complete(() => tables.PinTable(domain, arg, (int)operation.Command + 1));
            case Command.UnpinTable:
                return tables.Complete(() => tables.UnpinTable(domain, arg));
            case Command.NewBaseptr:
                return tables.Complete(() => tables.NewBase(v, arg));
            case Command.NewUserBaseptr:
                return tables.Complete(() => tables.NewUserBase(v, arg));

            case Command.TlbFlushLocal or Command.TlbFlushMulti or Command.TlbFlushAll:
            case Command.InvlpgLocal or Command.InvlpgMulti or Command.InvlpgAll:
                return Flush(v, operation);

            case Command.FlushCache: // cache_flush_permitted(): domains with devices only, here and below.
                return -Errno.EACCES;
            case Command.FlushCacheGlobal:
                return -Errno.EINVAL;
            case Command.SetLdt:
                return SetLdt(v, operation);
            case Command.ClearPage:
                return ClearPage(xen, domain, arg);
            case Command.CopyPage:
                return CopyPage(xen, domain, arg, operation.Arg2);
            case Command.MarkSuper or Command.UnmarkSuper:
                return -Errno.EOPNOTSUPP;
            default:
                return -Errno.ENOSYS;
        }
    }

    /// <returns>0; -EINVAL: the bitmap of vCPUs cannot be read</returns>
    private static long Flush(Vcpu v, Operation operation)
    {
        IEnumerable<Vcpu> targets = operation.Command is Command.TlbFlushLocal or Command.InvlpgLocal ? [v] : v.Domain.Vcpus;
        if (operation.Command is Command.TlbFlushMulti or Command.InvlpgMulti)
        {
            if (!VcpuMask.TryRead(v, operation.Arg2, out IReadOnlyList<Vcpu> named)) return -Errno.EINVAL;

            targets = named;
        }

        bool isWhole = operation.Command is Command.TlbFlushLocal or Command.TlbFlushMulti or Command.TlbFlushAll;
        foreach (Vcpu target in targets)
        {
            if (isWhole) target.Cpu.FlushTlb();
            else target.Cpu.FlushPage(operation.Arg1);
        }

        return 0;
    }

    /// <summary>MMUEXT_SET_LDT.</summary>
    /// <returns>0; -EINVAL: too many entries or a bad address</returns>
    private static long SetLdt(Vcpu v, Operation operation)
    {
        uint entries = (uint)operation.Arg2;
        ulong linear = entries == 0 ? 0 : operation.Arg1;
        if (entries > PageTables.MostLdtEntries || linear % PhysicalMemory.PageSize != 0 || !MmuBatch.IsGuestAddress(linear)) return -Errno.EINVAL;

        v.Domain.Xen.PageTables.SetLdt(v, linear, (int)entries);
        return 0;
    }

    /// <returns>0; -EINVAL: not the caller's frame, or in use as a table or descriptor page</returns>
    private static long ClearPage(Xen xen, Domain domain, ulong mfn)
    {
        if (xen.PageTables.GetPageAndType(mfn, PageType.Writable, domain.Id) != 0) return -Errno.EINVAL;

        xen.Memory.Frame(mfn).Clear();
        xen.Memory.Written(mfn);
        xen.PageTables.PutPageAndType(mfn);
        return 0;
    }

    /// <returns>0; -EINVAL: a frame not the caller's, or the target in use as a table or descriptor page</returns>
    private static long CopyPage(Xen xen, Domain domain, ulong to, ulong from)
    {
        if (!xen.PageTables.TryGetPage(from, domain.Id)) return -Errno.EINVAL;

        long rc = xen.PageTables.GetPageAndType(to, PageType.Writable, domain.Id) == 0 ? 0 : -Errno.EINVAL;
        if (rc == 0)
        {
            xen.Memory.Frame(from).CopyTo(xen.Memory.Frame(to));
            xen.Memory.Written(to);
            xen.PageTables.PutPageAndType(to);
        }

        xen.PageTables.PutPage(from);
        return rc;
    }
}
