using Conformance.Watch;
using Model;

namespace Conformance.Tests;

/// <summary>Findings made by hand, for the forms in which findings are shown.</summary>
internal static class Samples
{
    private static readonly FrameFacts Plain = new(new(1), PageType.None, 0, 1, false, false, false);
    private static readonly FrameFacts Root = new(new(1), PageType.L4, 1, 2, true, true, false);
    private static readonly Entry ReadOnly = new(new(7), EntryFlags.Present | EntryFlags.User);
    private static readonly Entry Writable = ReadOnly with { Flags = ReadOnly.Flags | EntryFlags.Writable };

    /// <summary>XSA-182 in three steps.</summary>
    public static Finding Violation { get; } = new(
        IsViolation: true,
        Claim: "I-TEXCL",
        Says: "No guest can write a frame that is in use as a page table or descriptor page.",
        Source: "xen/arch/x86/mm.c, \"mutually-exclusive uses\"; broken by XSA-182",
        Witness: "mfn:7[3] maps mfn:7 read-write while mfn:7 is L4",
        Differences: [new("answer", "-22 EINVAL", "0")],
        Steps:
        [
            new(41, "d1v0", "mmuext_op", "PIN_L4_TABLE mfn:7", 0, null, [new(new(7), Plain, Root)], []),
            new(55, "d1v0", "mmu_update", "mfn:7[3] := mfn:7 r-", 0, null, [], [new(new(7), 3, default, ReadOnly)]),
            new(56, "d1v0", "mmu_update", "mfn:7[3] := mfn:7 rw", 0, -22, [], [new(new(7), 3, ReadOnly, Writable)]),
        ],
        Untold: 53,
        Start: [new(new(7), Plain)]);

    /// <summary>A count that differs and breaks no invariant.</summary>
    public static Finding Divergence { get; } = new(
        IsViolation: false,
        Claim: "R-1",
        Says: "The hypervisor answers as the model does, and stays in step with it.",
        Source: "src/Conformance/Watch",
        Witness: null,
        Differences: [new("mfn:9", "d1   L1 ×2, 3 references", "d1   L1 ×1, 2 references")],
        Steps: [new(12, "d1v0", "update_va_mapping", "0x401000 := mfn:9 r-", 0, null, [], [])],
        Untold: 0,
        Start: []);
}
