using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>What the processor raises at an IRET of Xen's to a guest: Xen reflects it to the guest, as if code of the guest's had raised it there.</summary>
/// <remarks>handle_exception and search_pre_exception_table(), xen/arch/x86/x86_64/entry.S; SDM Vol. 2A, "IRET", RETURN-TO-OUTER-PRIVILEGE-LEVEL.</remarks>
internal readonly record struct ReturnFault(byte Vector, uint ErrorCode)
{
    private const byte SegmentNotPresent = 11, StackFault = 12, GeneralProtection = 13;

    private const int RplMask = 3;

    /// <param name="vcpu">of whose tables the selectors are</param>
    /// <param name="cs">untrusted; its level is the one to go to</param>
    /// <param name="ss">untrusted</param>
    /// <param name="rip">untrusted</param>
    /// <returns>null: none, the processor goes there</returns>
    public static ReturnFault? Of(Vcpu vcpu, ushort cs, ushort ss, ulong rip)
    {
        Descriptor code = Descriptors.Read(vcpu, cs);
        return OfCode(vcpu, cs, code) ?? OfStack(vcpu, ss, cs & RplMask) ?? (IsReached(code, rip) ? null : new(GeneralProtection, 0));
    }

    /// <summary>Code of compatibility mode has 32 bits of an address.</summary>
    public static ulong AddressIn(Descriptor code, ulong rip) => code.IsLong ? rip : (uint)rip;

    private static ReturnFault? OfCode(Vcpu vcpu, ushort cs, Descriptor code)
    {
        int cpl = cs & RplMask;
        if (Descriptor.IsNull(cs)) return new(GeneralProtection, 0);

        bool isAllowed = code.IsConforming ? code.Dpl <= cpl : code.Dpl == cpl;
        // No guest can have both; and a 32-bit one has no 64-bit code.
        bool isSound = code.IsCode && !(code.IsLong && (code.IsBig || vcpu.Domain.Is32Bit));
        if (cpl == 0 || !isSound || !isAllowed) return new(GeneralProtection, (uint)(cs & ~RplMask));
        return code.IsPresent ? null : new(SegmentNotPresent, (uint)(cs & ~RplMask));
    }

    private static ReturnFault? OfStack(Vcpu vcpu, ushort ss, int cpl)
    {
        if (Descriptor.IsNull(ss)) return new(GeneralProtection, 0);

        Descriptor stack = Descriptors.Read(vcpu, ss);
        if ((ss & RplMask) != cpl || !stack.IsWritableData || stack.Dpl != cpl) return new(GeneralProtection, (uint)(ss & ~RplMask));
        return stack.IsPresent ? null : new(StackFault, (uint)(ss & ~RplMask));
    }

    private static bool IsReached(Descriptor code, ulong rip) => code.IsLong ? Layout.IsCanonical(rip) : (uint)rip <= code.Limit;
}
