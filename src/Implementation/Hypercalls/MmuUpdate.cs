using System.Runtime.InteropServices;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>mmu_update (1): stores page-table entries and machine-to-physical entries.</summary>
internal static class MmuUpdate
{
    private const int NormalPtUpdate = 0, MachphysUpdate = 1, PreserveAd = 2, NoTranslate = 3;
    private const uint RequestSize = 16;

    /// <summary>struct mmu_update, xen/include/public/xen.h; untrusted.</summary>
    /// <param name="Pointer">machine address of the entry, or of the frame; the kind of update in bits 2:0</param>
    /// <param name="Value">the entry, or the pfn</param>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Request(ulong Pointer, ulong Value);

    /// <summary>do_mmu_update(), xen/arch/x86/mm.c.</summary>
    /// <param name="xen">the hypervisor</param>
    /// <param name="v">the vCPU that trapped</param>
    /// <param name="r">A1 array of requests, A2 count, A3 address of the count done or 0, A4 foreign domain in bits 15:0 and
    /// the tables' domain plus one in bits 31:16; all untrusted</param>
    /// <returns>
    /// 0, or the first failing request's errno: -EFAULT: array or request unreadable; -ESRCH: no such domain; -EPERM: another
    /// domain's; -ENOSYS: no such kind; -EINVAL: a machine-to-physical update of a frame not the caller's; or as
    /// <see cref="PageTables.ModifyEntry"/>.
    /// </returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint count = (uint)r.A2, foreign = (uint)r.A4;
        if (MmuBatch.IsAnswerOnly(r.A1, count)) return (int)foreign;

        uint doneBefore = MmuBatch.TakeDone(v, ref count, r.A3);
        if (!MmuBatch.IsGuestAddress(r.A1)) return -Errno.EFAULT;

        ushort tableOwner = foreign >> 16 == 0 ? v.Domain.Id : (ushort)((foreign >> 16) - 1);
        if (tableOwner != v.Domain.Id && !MmuBatch.Exists(xen, tableOwner)) return -Errno.ESRCH;
        if (!MmuBatch.TryGetPageOwner(xen, v, (ushort)foreign, out ushort pageOwner))
        {
            MmuBatch.WriteDone(v, r.A3, doneBefore);
            return -Errno.ESRCH;
        }

        long rc = MmuBatch.Run(v, r, count, doneBefore, RequestSize, address =>
            v.TryRead(address, out Request request) ? Update(xen, v, request, tableOwner, pageOwner) : -Errno.EFAULT);
        xen.PageTables.FlushAfterUpdates();
        return rc;
    }

    private static long Update(Xen xen, Vcpu v, Request request, ushort tableOwner, ushort pageOwner)
    {
        int kind = (int)(request.Pointer & 7);
        ulong mfn = request.Pointer >> 12;
        bool isOwn = tableOwner == v.Domain.Id;
        bool mayUse = pageOwner == v.Domain.Id; // No domain here has devices, so DOMID_IO has nothing to map.
        switch (kind)
        {
            case NormalPtUpdate or PreserveAd or NoTranslate:
                if (!isOwn || !mayUse) return -Errno.EPERM;

                int slot = (int)(request.Pointer & 0xfff) / sizeof(ulong);
                return xen.PageTables.ModifyEntry(v, mfn, slot, request.Value, kind == PreserveAd, pageOwner);

            case MachphysUpdate:
                if (!isOwn || !mayUse) return -Errno.EPERM;
                if (!xen.PageTables.TryGetPage(mfn, pageOwner)) return -Errno.EINVAL;

                xen.MachineToPhys[mfn] = request.Value;
                xen.PageTables.PutPage(mfn);
                return 0;

            default:
                return -Errno.ENOSYS;
        }
    }
}
