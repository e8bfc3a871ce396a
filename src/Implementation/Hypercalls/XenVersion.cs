using System.Text;
using Implementation.Hypervisor;
using Implementation.Memory;

namespace Implementation.Hypercalls;

/// <summary>xen_version (17): which Xen this is and what it offers (xen/include/public/version.h).</summary>
/// <remarks>Command 0 is also how guests ask for pending events, which every return to the guest delivers.</remarks>
internal static class XenVersion
{
    private const ulong Version = 0, ExtraVersion = 1, CompileInfo = 2, Capabilities = 3, Changeset = 4, PlatformParameters = 5,
        GetFeatures = 6, PageSizeCommand = 7, GuestHandle = 8, CommandLine = 9, BuildId = 10;

    /// <summary>MMU_PT_UPDATE_PRESERVE_AD, highmem_assist, gnttab_map_avail_bits, memory_op_vnode_supported, ARM's unused 17.</summary>
    private const uint Features = (1 << 5) | (1 << 6) | (1 << 7) | (1 << 13) | (1 << 17);

    private const uint PaePgdirAbove4Gb = 1 << 4;

    /// <param name="r">A1: command; A2: where the answer goes; untrusted</param>
    /// <returns>the version or page size; 0; -EFAULT; -EINVAL: no such submap; -EPERM; -ENOSYS: unknown command</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r) => r.A1 switch
    {
        Version => XenIdentity.Version,
        ExtraVersion => Write(v, r.A2, (XenIdentity.ExtraVersion, 16)),
        CompileInfo => Write(v, r.A2, (XenIdentity.Compiler, 64), (XenIdentity.CompiledBy, 16), (XenIdentity.CompileDomain, 32),
            (XenIdentity.CompileDate, 32)),
        Capabilities => Write(v, r.A2, (XenIdentity.Capabilities, 1024)),
        Changeset => Write(v, r.A2, (XenIdentity.Changeset, 64)),
        PlatformParameters => v.TryWriteWord(r.A2, v.Domain.Is32Bit ? MachineToPhys32.VirtStart : Layout.XenStart) ? 0 : -Errno.EFAULT,
        GetFeatures => WriteFeatures(v, r.A2),
        PageSizeCommand => r.A2 != 0 ? -Errno.EINVAL : PhysicalMemory.PageSize,
        GuestHandle => v.TryWrite(r.A2, DomainHandle(v.Domain)) ? 0 : -Errno.EFAULT,
        CommandLine => Write(v, r.A2, ("<denied>", 1024)),
        BuildId => -Errno.EPERM,
        _ => -Errno.ENOSYS,
    };

    private static long WriteFeatures(Vcpu v, ulong at)
    {
        if (!v.TryRead(at, out uint submap)) return -Errno.EFAULT;
        if (submap != 0) return -Errno.EINVAL;

        uint features = Features | (v.Domain.Assists.HasFlag(VmAssist.PaeExtendedCr3) ? PaePgdirAbove4Gb : 0);
        return v.TryWrite(at + 4, features) ? 0 : -Errno.EFAULT;
    }

    /// <summary>The domain's UUID: its id in an otherwise zero one, so that runs repeat.</summary>
    private static ReadOnlySpan<byte> DomainHandle(Domain domain)
    {
        byte[] handle = new byte[16];
        handle[15] = (byte)domain.Id;
        return handle;
    }

    /// <summary>Writes strings, each in a field of fixed size with zeros behind it.</summary>
    private static long Write(Vcpu v, ulong at, params ReadOnlySpan<(string Text, int Size)> fields)
    {
        foreach ((string text, int size) in fields)
        {
            byte[] field = new byte[size];
            Encoding.ASCII.GetBytes(text, field);
            if (!v.TryWrite(at, field)) return -Errno.EFAULT;
            at += (ulong)size;
        }

        return 0;
    }
}
