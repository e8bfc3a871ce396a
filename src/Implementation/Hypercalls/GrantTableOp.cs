using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>grant_table_op (20): the guest's own table, version 1 (xen/include/public/grant_table.h).</summary>
internal static class GrantTableOp
{
    private const uint SetupTable = 2, QuerySize = 6, SetVersion = 8, GetVersion = 10;

    /// <summary>GNTTABOP_CMD_MASK (xen/common/grant_table.c).</summary>
    private const uint CommandMask = (1 << 12) - 1;

    private const short Okay = 0, GeneralError = -1, BadDomain = -2, BadAddress = -5, PermissionDenied = -8;

    /// <param name="r">A1: command; A2: array of its structure; A3: how many; untrusted</param>
    /// <returns>0 with a status in each structure; -EFAULT; -EINVAL: more than one; -EPERM; -ENOSYS: unknown command, or version 2</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        if ((int)(uint)r.A3 < 0) return -Errno.EINVAL;

        return (uint)r.A1 switch
        {
            SetupTable => r.A3 == 1 ? Setup(xen, v, r.A2) : -Errno.EINVAL,
            QuerySize => r.A3 == 1 ? Query(xen, v, r.A2) : -Errno.EINVAL,
            SetVersion => r.A3 == 1 ? ChangeVersion(v, r.A2) : -Errno.EINVAL,
            GetVersion => WriteVersion(xen, v, r.A2), // Whatever the count.
            > CommandMask => -Errno.EINVAL, // The bits above are for calls that go on.
            _ => -Errno.ENOSYS,
        };
    }

    /// <summary>gnttab_setup_table: dom, nr_frames, status @8, frame_list.</summary>
    private static long Setup(Xen xen, Vcpu v, ulong at)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> setup = stackalloc byte[abi.Choose(narrow: 16, wide: 24)];
        if (!v.TryRead(at, setup)) return -Errno.EFAULT;

        MemberReader members = new(setup, abi);
        (ushort domain, uint frames, _, ulong list) = (members.Half(), members.Int(), members.Half(), members.Word());
        if (!MmuBatch.IsGuestAddress(list)) return -Errno.EFAULT;

        short status = CheckDomain(xen, v.Domain, domain);
        if (status == Okay && !v.Domain.Grants.TryGrow(frames)) status = GeneralError;
        for (int i = 0; status == Okay && i < frames; i++)
        {
            if (!v.TryWriteWord(list + (ulong)(i * abi.WordBytes), v.Domain.Grants.Frames[i])) status = BadAddress;
        }

        return v.TryWrite(at + 8, status) ? 0 : -Errno.EFAULT;
    }

    /// <summary>gnttab_query_size: dom @0, nr_frames @4, max_nr_frames @8, status @12.</summary>
    private static long Query(Xen xen, Vcpu v, ulong at)
    {
        Span<byte> query = stackalloc byte[16];
        if (!v.TryRead(at, query)) return -Errno.EFAULT;

        short status = CheckDomain(xen, v.Domain, BinaryPrimitives.ReadUInt16LittleEndian(query));
        if (status == Okay)
        {
            BinaryPrimitives.WriteInt32LittleEndian(query[4..], v.Domain.Grants.Frames.Count);
            BinaryPrimitives.WriteUInt32LittleEndian(query[8..], GrantTable.MaxFrames);
        }

        BinaryPrimitives.WriteInt16LittleEndian(query[12..], status);
        return v.TryWrite(at, query) ? 0 : -Errno.EFAULT;
    }

    private static long ChangeVersion(Vcpu v, ulong at)
    {
        if (!v.TryRead(at, out uint version)) return -Errno.EFAULT;
        if (version == 2) return -Errno.ENOSYS; // As Xen started with gnttab=max-ver:1.
        if (version != GrantTable.Version) return -Errno.EINVAL;

        return v.TryWrite(at, GrantTable.Version) ? 0 : -Errno.EFAULT;
    }

    /// <summary>gnttab_get_version: dom @0, version @4.</summary>
    private static long WriteVersion(Xen xen, Vcpu v, ulong at)
    {
        if (!v.TryRead(at, out ushort domain)) return -Errno.EFAULT;

        return CheckDomain(xen, v.Domain, domain) switch
        {
            Okay => v.TryWrite(at + 4, GrantTable.Version) ? 0 : -Errno.EFAULT,
            BadDomain => -Errno.ESRCH,
            _ => -Errno.EPERM,
        };
    }

    private static short CheckDomain(Xen xen, Domain caller, ushort domain) => domain switch
    {
        Domain.DomidSelf => Okay,
        _ when domain == caller.Id => Okay,
        Domain.Domain0 => PermissionDenied,
        _ => xen.FindDomain(domain) is null ? BadDomain : PermissionDenied,
    };
}
