using Model.Domains;
using static Model.Domains.Sort;

namespace Model.Rings;

/// <summary>What of a processor is one vCPU's alone, and the shape of the state.</summary>
public sealed partial class RingInvariants<Bit, Word, Relation, Map>
{
    [Clause("I-CDR")]
    public RingInvariant<Bit, Word> Debug => new(
        "I-CDR",
        Says: "No breakpoint is at an address of Xen's, and those of a processor are those of the vCPU that it runs.",
        Source: "set_debugreg, breakpoint_addr_ok, xen/arch/x86; broken by XSA-12, 265, 444",
        Claim(
            Vcpu, Address,
            (v, a) => s.Watched[v, a],
            (v, a) => !s.XensAddress[a],
            (v, a) => $"{v} has a breakpoint at {a}, which is Xen's"),
        Claim(
            Processor, Address, Vcpu,
            (c, a, v) => s.Armed[c, a] & s.Current[c, v],
            (c, a, v) => s.Watched[v, a],
            (c, a, v) => $"{c} runs {v} and stops at {a}, which {v} did not ask for"),
        Claim(
            Processor, Address,
            (c, a) => s.Armed[c, a],
            (c, a) => !s.Current.Empty(c, Every),
            (c, a) => $"{c} stops at {a} for nobody"));

    [Clause("I-CXST")]
    public RingInvariant<Bit, Word> Floating => new(
        "I-CXST",
        Says: "The floating-point registers of a processor are as the vCPU that it runs left them, or as after a reset.",
        Source: "vcpu_restore_fpu_nonlazy, xen/arch/x86/i387.c; broken by XSA-52, 62, 165, 172, 267",
        Claim(
            Processor, Vcpu, Vcpu,
            (c, u, v) => s.Fpu[c, u] & s.Current[c, v],
            (c, u, v) => u == v,
            (c, u, v) => $"{c} runs {v} and has the floating-point registers of {u}"));

    [Clause("I-CCR4")]
    public RingInvariant<Bit, Word> Facilities => new(
        "I-CCR4",
        Says: "A facility is switched on in a processor only if the kernel of the vCPU that it runs switched it on, "
            + "and Xen carries out an instruction on ports only at a level that the kernel opened them to.",
        Source: "pv_make_cr4, xen/arch/x86/pv/domain.c, guest_io_okay, emul-priv-op.c; broken by XSA-293",
        Claim(
            Processor, Facility, Vcpu,
            (c, x, v) => s.Lit[c, x] & s.Current[c, v],
            (c, x, v) => s.Enabled[v, x],
            (c, x, v) => $"{c} runs {v} with {x}, which its kernel switched off"),
        Claim(
            Processor, Facility,
            (c, x) => s.Lit[c, x],
            (c, x) => !s.Current.Empty(c, Every),
            (c, x) => $"{c} has {x} switched on for nobody"),
        Claim(
            Vcpu,
            v => s.AtPorts[v],
            v => s.Iopl[v] == Ring3 | (s.InKernel[v] & s.Iopl[v] != Ring0),
            v => $"Xen carries out an instruction on ports for {v}, to which they are not open"));

    /// <summary>The concrete state has most of this built in; a formula has not.</summary>
    [Clause("I-RSHAPE")]
    public RingInvariant<Bit, Word> VcpuShape => new(
        "I-RSHAPE",
        Says: "A descriptor has one level, a code selector one position, a vector one handler and a processor one vCPU; "
            + "Xen does one thing at a time for a vCPU, and a guest that runs has a processor.",
        Source: "struct pv_vcpu, struct trap_bounce, xen/arch/x86/include/asm/domain.h",
        Claim(
            Vcpu, Slot, Ring, Ring,
            (v, p, ring, other) => s.Dpl[v, p, ring] & s.Dpl[v, p, other],
            (v, p, ring, other) => ring == other,
            (v, p, ring, other) => $"the descriptor at {p} of {v} is of {ring} and of {other}"),
        Claim(
            Vcpu, Slot, Slot,
            (v, p, q) => s.Code[v, p] & s.Code[v, q],
            (v, p, q) => p == q,
            (v, p, q) => $"the code selector of {v} names {p} and {q}"),
        Claim(
            Vcpu, Vector, Address, Address,
            (v, n, a, b) => s.Handler[v, n, a] & s.Handler[v, n, b],
            (v, n, a, b) => a == b,
            (v, n, a, b) => $"{n} of {v} has the handlers {a} and {b}"),
        Claim(
            Processor, Vcpu, Vcpu,
            (c, v, u) => s.Current[c, v] & s.Current[c, u],
            (c, v, u) => v == u,
            (c, v, u) => $"{c} runs {v} and {u}"),
        Claim(
            Processor, Processor, Vcpu,
            (c, d, v) => s.Current[c, v] & s.Current[d, v],
            (c, d, v) => c == d,
            (c, d, v) => $"{c} and {d} run {v}"),
        Claim(
            Vcpu, Address, Address,
            (v, a, b) => s.Copying[v, a] & s.Copying[v, b],
            (v, a, b) => a == b,
            (v, a, b) => $"Xen copies the words at {a} and {b} for {v} at once"),
        Claim(
            Vcpu, Vector, Vector,
            (v, n, m) => s.Raised[v, n] & s.Raised[v, m],
            (v, n, m) => n == m,
            (v, n, m) => $"{n} and {m} are to be delivered to {v}"),
        Claim(
            Vcpu,
            v => s.Serving[v] | s.AtPorts[v] | !s.InXen[v] | s.OnGuestStack[v],
            v => s.Raised.Empty(v, Every) & s.Consulted.Empty(v, Every) & !(s.Serving[v] & s.AtPorts[v])
                & Implies(!s.InXen[v] | s.OnGuestStack[v], !s.Serving[v] & !s.AtPorts[v])
                & Implies(s.Serving[v] | s.AtPorts[v] | !s.InXen[v], s.Entered.Empty(v, Every)),
            v => $"Xen does two things at a time for {v}"),
        Claim(
            Vcpu, Slot,
            (v, p) => s.Consulted[v, p],
            (v, p) => s.Raised.Empty(v, Every) & s.Entered.Empty(v, Every) & Is32(v),
            (v, p) => $"Xen goes through a gate and does something else for {v}"),
        Claim(
            Vcpu,
            v => !s.InXen[v],
            v => !s.Current.Empty(Every, v),
            v => $"{v} runs its guest on no processor"));
}
