using Implementation.Hypervisor;

namespace Conformance.Bridge;

/// <summary>The frame of an iret hypercall: struct iret_context (xen/include/public/arch-x86/xen-x86_64.h, xen-x86_32.h).</summary>
/// <param name="Sp">the stack pointer afterwards</param>
/// <param name="ToKernel">the frame says that the vCPU is in its kernel afterwards</param>
/// <param name="Level">its privilege level afterwards</param>
internal readonly record struct IretFrame(ulong Ip, ushort Cs, ulong Flags, ulong Sp, ushort Ss, bool ToKernel, int Level)
{
    /// <summary>Bytes of the frame that a 32-bit guest leaves for virtual-8086 mode: ten words.</summary>
    public const uint VirtualBytes = 10 * sizeof(uint);

    /// <summary>Of a 64-bit guest's: VGCF_in_syscall is set.</summary>
    public bool IsOfSyscall { get; init; }

    /// <summary>Of a 64-bit guest's: the code selector as it was named, before its level was raised.</summary>
    public ushort NamedCs { get; init; }

    private const ulong InSyscall = 1 << 8;

    private const int Words64 = 9, Words32 = 6, Inner32 = 4;

    private const ulong Virtual8086 = 1 << 17;

    /// <summary>Reads the frame at a vCPU's stack pointer.</summary>
    /// <param name="ss">the stack segment now, which stays in use if the frame names none</param>
    /// <returns>false: it cannot be read</returns>
    public static bool TryRead(Vcpu vcpu, ulong at, ushort ss, out IretFrame frame)
    {
        frame = default;
        Span<ulong> words = stackalloc ulong[Words64];
        return vcpu.Domain.Is32Bit ? TryRead32(vcpu, at, words[..Words32], ss, out frame) : TryRead64(vcpu, at, words, out frame);
    }

    private static bool TryRead64(Vcpu vcpu, ulong at, Span<ulong> words, out IretFrame frame)
    {
        bool isRead = vcpu.TryReadGuestWords(at, words);
        ushort cs = (ushort)words[5];
        frame = new(words[4], (ushort)(cs | 3), words[6], words[7], (ushort)(words[8] | 3), (cs & 3) != 3, 3) { IsOfSyscall = (words[3] & InSyscall) != 0, NamedCs = cs };
        return isRead;
    }

    private static bool TryRead32(Vcpu vcpu, ulong at, Span<ulong> words, ushort ss, out IretFrame frame)
    {
        frame = default;
        if (!vcpu.TryReadGuestWords(at, words[..Inner32])) return false;

        (ulong ip, ushort cs, ulong flags) = (words[1], (ushort)words[2], words[3]);
        bool isVirtual = (flags & Virtual8086) != 0, isOuter = (cs & 2) != 0 || isVirtual;
        frame = new(ip, cs, flags, (uint)(at + (Inner32 * sizeof(uint))), ss, (cs & 3) == 1 && !isVirtual, isVirtual ? 3 : cs & 3);
        if (!isOuter) return true;
        if (!vcpu.TryReadGuestWords(at + (Inner32 * sizeof(uint)), words[Inner32..])) return false;

        frame = frame with { Sp = words[Inner32], Ss = (ushort)words[Inner32 + 1] };
        return true;
    }
}
