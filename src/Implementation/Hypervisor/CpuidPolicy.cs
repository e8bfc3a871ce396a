using System.Text;
using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>The processor that guests are told of: x86-64-v1 by Intel's conventions, on Xen.</summary>
/// <remarks>Nothing is advertised that the interpreter does not execute; leaves out of range answer zeros.</remarks>
internal static class CpuidPolicy
{
    private const uint MaxBasicLeaf = 4, MaxExtendedLeaf = 0x8000_0008, XenBase = 0x4000_0000, MaxXenLeaf = XenBase + 5;

    private const uint Signature = 0x0001_06a3; // family 6, model 26, stepping 3
    private const uint PhysicalBits = 40, LinearBits = 48;

    private static readonly byte[] Brand = Encoding.ASCII.GetBytes("Ringfence virtual processor".PadRight(48, '\0'));

    public static CpuidLeaf Answer(DomainKind kind, uint leaf, uint subleaf)
    {
        CpuidLeaf wide = Answer(leaf, subleaf);
        if (kind == DomainKind.Pv64) return wide;

        // What long mode brings with it: CX16; LAHF, SYSCALL (of Intel's), LM.
        return leaf switch
        {
            1 => wide with { Ecx = wide.Ecx & ~Cx16 },
            0x8000_0001 => wide with { Ecx = wide.Ecx & ~LahfLm, Edx = wide.Edx & ~(Syscall | LongMode) },
            _ => wide,
        };
    }

    private static CpuidLeaf Answer(uint leaf, uint subleaf) => leaf switch
    {
        0 => new(MaxBasicLeaf, 0x756e_6547, 0x6c65_746e, 0x4965_6e69), // GenuineIntel
        1 => new(Signature, (8 << 8) | (1 << 16), BasicEcx, BasicEdx),  // CLFLUSH of 64 bytes, one logical processor
        2 => new(0x0000_0001, 0, 0, 0x002c_3044),                      // 32 KiB L1, 1 MiB L2, in the old descriptors
        4 => Cache(subleaf),
        XenBase => new(MaxXenLeaf, 0x566e_6558, 0x6558_4d4d, 0x4d4d_566e), // XenVMMXenVMM
        XenBase + 1 => new(XenIdentity.Version, 0, 0, 0),
        XenBase + 2 => new(1, XenBase, 1, 0), // one hypercall page, written through this MSR; PT_UPDATE_PRESERVE_AD
        XenBase + 3 => Time(subleaf),
        XenBase + 5 => new(PhysicalBits, 0, 0, 0),
        0x8000_0000 => new(MaxExtendedLeaf, 0, 0, 0),
        0x8000_0001 => new(0, 0, LahfLm, Syscall | NoExecute | LongMode),
        >= 0x8000_0002 and <= 0x8000_0004 => BrandPart((int)(leaf - 0x8000_0002) * 16),
        0x8000_0006 => new(0, 0, (1024 << 16) | (6 << 12) | 64, 0), // L2: 1 MiB, 8-way, 64-byte lines
        0x8000_0008 => new(PhysicalBits | (LinearBits << 8), 0, 0, 0),
        _ => default,
    };

    private const uint Cx16 = 1 << 13, Hypervisor = 1u << 31, LahfLm = 1, Syscall = 1 << 11, NoExecute = 1 << 20, LongMode = 1 << 29;

    private const uint BasicEcx = Cx16 | Hypervisor;

    /// <summary>FPU, DE, TSC, MSR, PAE, MCE, CX8, APIC, MCA, CMOV, PAT, CLFSH, MMX, FXSR, SSE, SSE2.</summary>
    private const uint BasicEdx = (1 << 0) | (1 << 2) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 9)
        | (1 << 14) | (1 << 15) | (1 << 16) | (1 << 19) | (1 << 23) | (1 << 24) | (1 << 25) | (1 << 26);

    /// <summary>Deterministic cache parameters (SDM Vol. 2A, CPUID leaf 4): 32 KiB L1 data and code, 1 MiB L2.</summary>
    private static CpuidLeaf Cache(uint subleaf) => subleaf switch
    {
        0 => new(1 | (1 << 5) | (1 << 8), 63 | (7 << 22), 63, 0),
        1 => new(2 | (1 << 5) | (1 << 8), 63 | (7 << 22), 63, 0),
        2 => new(3 | (2 << 5) | (1 << 8), 63 | (7 << 22), 2047, 0),
        _ => default,
    };

    /// <summary>The time leaf: the counter is not emulated and runs at its nominal rate.</summary>
    private static CpuidLeaf Time(uint subleaf) => subleaf switch
    {
        0 => new(0, 0, VirtualTime.TscKilohertz, 0),
        1 => new(0, 0, 0x8000_0000, 1),
        2 => new(VirtualTime.TscKilohertz, 0, 0, 0),
        _ => default,
    };

    private static CpuidLeaf BrandPart(int at) => new(
        BitConverter.ToUInt32(Brand, at), BitConverter.ToUInt32(Brand, at + 4),
        BitConverter.ToUInt32(Brand, at + 8), BitConverter.ToUInt32(Brand, at + 12));
}
