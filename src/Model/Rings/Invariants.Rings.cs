using Model.Domains;
using static Model.Domains.Sort;

namespace Model.Rings;

/// <summary>What level a guest runs at, what it can load, and what it can reach.</summary>
public sealed partial class RingInvariants<Bit, Word, Relation, Map>
{
    [Clause("I-CRING")]
    public RingInvariant<Bit, Word> GuestMode => new(
        "I-CRING",
        Says: "While a guest runs it is at a level of its own, with interrupts on, without I/O privilege and not in virtual-8086 mode; "
            + "its level, or its page tables, are those of the mode that Xen takes it to be in.",
        Source: "restore_all_guest, xen/arch/x86/x86_64/entry.S; broken by XSA-136, 202, 213",
        Claim(
            Vcpu,
            v => True,
            v => s.Cpl[v] == Ring3 | (Is32(v) & s.Cpl[v] != Ring0),
            v => $"{v} is, or is to go on, at a level that is not its guest's"),
        Claim(
            Vcpu,
            v => !s.InXen[v],
            v => s.Interruptible[v] & !s.RealIopl[v] & !s.Virtual8086[v],
            v => $"{v} runs its guest with flags that only Xen may set or clear"),
        Claim(
            Vcpu,
            v => Is32(v),
            v => Same(s.InKernel[v], s.Cpl[v] == Ring1),
            v => $"{v} of a 32-bit guest is at a level that does not go with its mode"),
        Claim(
            Vcpu,
            v => !Is32(v),
            v => Same(s.InKernel[v], s.OnKernelRoot[v]),
            v => $"{v} of a 64-bit guest uses page tables that do not go with its mode"));

    [Clause("I-CDESC")]
    public RingInvariant<Bit, Word> Descriptors => new(
        "I-CDESC",
        Says: "Every descriptor within a guest's limits has a level of the guest's, or is a call gate that the processor refuses, "
            + "and no 32-bit guest has 64-bit code; and no other descriptor is consulted for it.",
        Source: "check_descriptor, xen/arch/x86/pv/descriptor-tables.c; broken by XSA-67, 298",
        Claim(
            Vcpu, Slot, Ring,
            (v, p, ring) => s.InLimit[v, p] & s.Dpl[v, p, ring] & (s.IsCode[v, p] | s.IsData[v, p]),
            (v, p, ring) => ring == Ring3 | (Is32(v) & ring != Ring0),
            (v, p, ring) => $"{v} has a segment of {ring} at {p}"),
        Claim(
            Vcpu, Slot, Ring,
            (v, p, ring) => s.InLimit[v, p] & s.Dpl[v, p, ring] & s.IsGate[v, p],
            (v, p, ring) => ring == Ring0,
            (v, p, ring) => $"{v} has a call gate at {p} that the processor lets {ring} through"),
        Claim(
            Vcpu, Slot,
            (v, p) => s.InLimit[v, p] & s.IsLong[v, p],
            (v, p) => !Is32(v),
            (v, p) => $"{v} of a 32-bit guest has 64-bit code at {p}"),
        Claim(
            Vcpu, Slot,
            (v, p) => s.Consulted[v, p],
            (v, p) => s.InLimit[v, p] & s.InXen[v],
            (v, p) => $"Xen goes by what stands at {p} for {v}, beyond the limit"),
        Claim(
            Vcpu, Slot, Ring,
            (v, p, ring) => s.XensPosition[p] & s.Dpl[v, p, ring],
            (v, p, ring) => !s.IsGate[v, p]
                & Implies(ring != Ring0, (ring == Ring3 | Is32(v)) & Implies(Is32(v), !s.IsLong[v, p])),
            (v, p, ring) => $"Xen's own descriptor at {p} of {v}, of {ring}, lets a guest do what it may not") with
        {
            IsOfConstants = true,
        });

    [Clause("I-BRANGE")]
    public RingInvariant<Bit, Word> Addresses => new(
        "I-BRANGE",
        Says: "No address that a guest accesses, or that Xen accesses for it, is Xen's.",
        Source: "access_ok, xen/arch/x86/include/asm/x86_64/uaccess.h, create_bounce_frame; broken by XSA-136, 215, 444",
        Claim(
            Vcpu, Address,
            (v, a) => s.Reached[v, a],
            (v, a) => !s.XensAddress[a],
            (v, a) => $"{a}, which is Xen's, was accessed by {v} or for it"),
        Claim(
            Vcpu,
            v => !s.InXen[v] & Is32(v),
            v => !s.Long[v],
            v => $"{v} of a 32-bit guest runs 64-bit code"));
}
