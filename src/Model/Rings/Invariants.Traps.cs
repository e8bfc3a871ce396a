using Model.Domains;
using static Model.Domains.Sort;

namespace Model.Rings;

/// <summary>How Xen is entered, what it does for whom, and how it is left.</summary>
public sealed partial class RingInvariants<Bit, Word, Relation, Map>
{
    [Clause("I-CSTACK")]
    public RingInvariant<Bit, Word> EntryStack => new(
        "I-CSTACK",
        Says: "Xen never pushes a frame of its own where a guest's stack pointer points, and never runs with NT as a guest had it.",
        Source: "entry.S and traps.c, xen/arch/x86, \"IST\"; broken by XSA-7, 44, 244, 260",
        Claim(
            Vcpu,
            v => True,
            v => !s.Exposed[v],
            v => $"a frame of Xen's stands where the stack pointer of {v} points"),
        Claim(
            Vcpu,
            v => True,
            v => !s.XenNested[v],
            v => $"Xen runs with NT as {v} had it"),
        Claim(
            Vcpu,
            v => s.OnGuestStack[v],
            v => s.InXen[v],
            v => $"{v} runs its guest and has Xen's rights"),
        Claim(
            Vector,
            n => s.Unmaskable[n],
            n => s.OwnStack[n],
            n => $"{n} strikes whatever the flags are and has no stack of its own") with
        {
            IsOfConstants = true,
        });

    [Clause("I-CEXC")]
    public RingInvariant<Bit, Word> GuestLoads => new(
        "I-CEXC",
        Says: "Every address of a guest's making that Xen loads where a fault could not be mended is canonical.",
        Source: "is_canonical_address, xen/arch/x86/pv/misc-hypercalls.c, callback.c; broken by XSA-7, 53, 193",
        Claim(
            Vcpu,
            v => True,
            v => !s.NonCanonical[s.Base[v]],
            v => $"{v} has a segment base that the processor will not load"),
        Claim(
            Vcpu, Vector, Address,
            (v, n, a) => s.Handler[v, n, a],
            (v, n, a) => !s.NonCanonical[a],
            (v, n, a) => $"{v} is to be sent to {a} by {n}, and cannot be"));

    [Clause("I-CINJ")]
    public RingInvariant<Bit, Word> Injection => new(
        "I-CINJ",
        Says: "What came to pass for a guest is delivered once, before the guest goes on, to the handler that it registered, "
            + "and a guest raises itself only what it opened to the mode that it is in.",
        Source: "create_bounce_frame, xen/arch/x86/x86_64/entry.S; broken by XSA-8, 183, 339",
        Claim(
            Vcpu, Vector,
            (v, n) => s.Raised[v, n] | s.Due[v, n],
            (v, n) => s.Raised[v, n] & s.Due[v, n] & s.InXen[v],
            (v, n) => $"{n} of {v} is recorded and not due, or due and not recorded, or the guest went on without it"),
        Claim(
            Vcpu, Vector,
            (v, n) => s.Raised[v, n] & s.BySoftware[v],
            (v, n) => s.OpenToUser[v, n] | (s.InKernel[v] & s.OpenToKernel[v, n]),
            (v, n) => $"{v} raised {n} itself from a mode that it is not open to"),
        Claim(
            Vcpu, Vector,
            (v, n) => s.Entered[v, n],
            (v, n) => s.InXen[v] & s.InKernel[v] & s.Handler[v, n, s.Ip[v]],
            (v, n) => $"{v} was made a frame of {n} and does not go on in its handler"));

    [Clause("I-BPRIV")]
    public RingInvariant<Bit, Word> Privilege => new(
        "I-BPRIV",
        Says: "Xen carries out a hypercall only while the vCPU that asked is in its guest's kernel.",
        Source: "pv_hypercall, do_multicall, xen/arch/x86/pv/hypercall.c; broken by XSA-213",
        Claim(
            Vcpu,
            v => s.Serving[v],
            v => s.InXen[v] & s.InKernel[v],
            v => $"Xen carries out a hypercall of {v}, which is in user mode"));

    [Clause("I-BFETCH")]
    public RingInvariant<Bit, Word> SingleFetch => new(
        "I-BFETCH",
        Says: "The level that a guest is to go on at by an iret frame is the one that Xen found to be the guest's.",
        Source: "do_iret, compat_iret, xen/arch/x86/pv/iret.c; broken by XSA-38, 155, 313",
        Claim(
            Vcpu, Ring,
            (v, ring) => s.Judged[v, ring],
            (v, ring) => s.InXen[v] & s.Cpl[v] == ring,
            (v, ring) => $"{v} was to go on at {ring} when that was looked at, and goes on at another level"));

    [Clause("I-BPROG")]
    public RingInvariant<Bit, Word> Progress => new(
        "I-BPROG",
        Says: "What Xen goes through word by word for a hypercall stays within what was named.",
        Source: "compat_iret, xen/arch/x86/pv/iret.c; broken by XSA-136",
        Claim(
            Vcpu, Address,
            (v, a) => s.Copying[v, a],
            (v, a) => s.Serving[v] & Is32(v) & s.FrameWord[s.Sp[v], a],
            (v, a) => $"Xen copies the word at {a} for {v}, which is none of its frame"));

    [Clause("I-BPANIC")]
    public RingInvariant<Bit, Word> Panic => new(
        "I-BPANIC",
        Says: "Nothing that a guest does makes Xen fault where it cannot mend it, or give itself up.",
        Source: "do_debug, do_general_protection, xen/arch/x86/traps.c; broken by XSA-44, 193, 265",
        Claim(
            Vcpu,
            v => True,
            v => !s.Panicked[v],
            v => $"Xen died on behalf of {v}"));
}
