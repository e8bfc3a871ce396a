using Model.Domains;

namespace Model.Invariants;

/// <summary>What holds at the boundary between guest and hypervisor.</summary>
public sealed partial class Invariants<Bit, Word, Relation, Map>
{
    [Clause("I-FTLB")]
    public Invariant<Bit, Word> RootSwitch => new(
        "I-FTLB",
        Says: "What a processor caches for a vCPU was reached from a root that the vCPU still has loaded.",
        Source: "write_ptbase, new_guest_cr3, xen/arch/x86/mm.c; broken by XSA-279, 292",
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(s.Reached[v, f], s.KernelBase[v, f] | s.UserBase[v, f])
                      & Implies(s.CachedRead[v, f], !s.Reached.Empty(v, Every)),
            (v, f) => $"{v} caches translations reached from {f.Frame}, which is no root of its any more"));

    [Clause("I-BINDEX")]
    public Invariant<Bit, Word> FrameNumbers => new(
        "I-BINDEX",
        Says: "Every frame that Xen holds on behalf of a vCPU is one that the vCPU's domain owns, "
            + "and every root is an established top-level table; a 32-bit guest's vCPU has one.",
        Source: "get_page_from_mfn, xen/arch/x86/mm.c; broken by XSA-32, 167, 231",
        new OfVcpu<Bit, Word>(
            (v, f) => Implies(
                          s.Taken[v, f] | s.Leaving[v, f] | s.KernelBase[v, f] | s.UserBase[v, f] | s.VcpuInfo[v, f],
                          s.Owner[f] == s.Home[v])
                      & Implies(
                          s.KernelBase[v, f] | s.UserBase[v, f],
                          s.Valid[f] & ((s.Type[f] == L4 & !s.Compat[s.Home[v]]) | (s.Type[f] == L3 & s.Compat[s.Home[v]])))
                      & Implies(s.UserBase[v, f], !s.Compat[s.Home[v]])
                      & Implies(s.VcpuInfo[v, f], s.Type[f] == Data & s.Valid[f])
                      & Implies(
                          !s.Descriptors.Empty(v, Every, f),
                          s.Type[f] == DescriptorPage & s.Valid[f] & s.Owner[f] == s.Home[v])
                      & Implies(s.TakenType[v, f], s.Taken[v, f])
                      & Implies(s.LeavingType[v, f], s.Leaving[v, f])
                      & (s.InKernel[v] | !s.UserBase.Empty(v, Every)),
            (v, f) => $"{v} holds {f.Frame}, {f.Type} of {f.Owner}, as something that it is not"));

    [Clause("I-BRC")]
    public Invariant<Bit, Word> AllOrNothing => new(
        "I-BRC",
        Says: "Between two requests no reference is in the hands of a vCPU, "
            + "and no frame is on the way into or out of its type but one that an interrupted request left so.",
        Source: "do_mmu_update, do_mmuext_op, xen/arch/x86/mm.c; broken by XSA-224, 291",
        new OfFrame<Bit, Word>(
            f => Implies(s.Partial[f], s.Paused[f]),
            f => $"{f.Frame} was left on its way into or out of {f.Type}"),
        new OfVcpu<Bit, Word>(
            (v, f) => !s.Taken[v, f] & !s.Leaving[v, f],
            (v, f) => $"{v} was left with a reference to {f.Frame}"))
    {
        IsAtRest = true,
    };
}
