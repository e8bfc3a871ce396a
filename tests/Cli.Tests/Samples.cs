using Checking.Exploration;
using Checking.Proving;
using Checking.Refuting;
using Checking.Traces;
using Cli.Check;
using Cli.Prove;
using Cli.Refute;

namespace Cli.Tests;

/// <summary>Results made by hand, for the forms in which results are shown.</summary>
internal static class Samples
{
    private const string Says = "No guest can write a frame that is in use as a page table or descriptor page.";
    private const string Source = "xen/arch/x86/mm.c, \"mutually-exclusive uses\"; broken by XSA-182";
    private const string Breaks = "mfn:0[0] maps mfn:0 read-write while mfn:0 is L4";

    private static readonly Property TypeExclusivity = new("I-TEXCL", Says, Source);

    private static readonly Property Linear = new("I-TLINEAR", "An entry that names a table of its own level is read-only.", "xen/arch/x86/mm.c");

    private static readonly Witness[] Actions =
    [
        new("mmu_update", "mmu_update succeeds"),
        new("mmu_update -EINVAL", "mmu_update is refused with -EINVAL"),
        new("mmuext_op", "mmuext_op succeeds"),
        new("step Load", "a vCPU takes the micro-step Load", Impossible: "only boot takes it"),
        new("beyond range", "a number grew beyond its declared range", IsLoss: true),
    ];

    public static Presentation Plain { get; } = new(IsJson: false, IsPlain: true, Out: null);

    public static CheckArguments Check { get; } = new() { Frames = 2, Fault = "XSA-182", Presentation = Plain };

    public static ProveArguments Prove { get; } = new() { Fault = "XSA-182", Mutate = true, Presentation = Plain };

    public static RefuteArguments Refute { get; } = new() { Fault = "XSA-182", Depth = 4, Presentation = Plain };

    /// <summary>XSA-182 in three requests.</summary>
    public static Trace Story { get; } = new(
        "I-TEXCL",
        Says,
        Source,
        [KeyValuePair.Create("mfn:0", "d1  None"), KeyValuePair.Create("mfn:1", "d1  None")],
        [
            new("d1  mmuext_op  PIN_L4_TABLE mfn:0  = 0", [new("mfn:0", "d1  None", "d1  L4 ×1 pinned")]),
            new("d1  mmu_update  mfn:0[0] := mfn:0 r-  = 0", [new("mfn:0[0]", null, "mfn:0 r-")]),
            new("d1  mmu_update  mfn:0[0] := mfn:0 rw  = 0", [new("mfn:0[0]", "mfn:0 r-", "mfn:0 rw")]),
        ],
        Breaks);

    public static CheckOutcome Holds { get; } = new()
    {
        Found = new()
        {
            Scope = "memory --frames 2",
            StoppedBy = StopReason.Complete,
            DistinctStates = 1284119,
            Transitions = 9120554,
            Depth = 19,
            Symmetry = true,
            FullStates = 2568000,
            Properties = [new(TypeExclusivity, true, null), new(Linear, true, null)],
            Fired = [12, 7, 0, 0, 0],
            Trace = [],
            TraceProperty = null,
            CpuSeconds = 14.25,
            BytesPerState = 14.2,
            PeakMemory = 123 << 20,
            Checkpoint = null,
        },
        Covers = "every sequence of hypercalls",
        Omits = "larger sizes",
        Actions = Actions,
        Seconds = 7.5,
    };

    public static CheckOutcome Violated { get; } = Holds with
    {
        Found = Holds.Found with
        {
            StoppedBy = StopReason.Violated,
            DistinctStates = 59,
            Depth = 4,
            Symmetry = false,
            FullStates = null,
            Properties = [new(TypeExclusivity, true, 3), new(Linear, false, null)],
        },
        Trace = Story,
        TraceFile = "out/I-TEXCL.itf.json",
        Seconds = 0.01,
    };

    public static CheckOutcome Interrupted { get; } = Holds with
    {
        Found = Holds.Found with { StoppedBy = StopReason.Interrupted, Depth = 11, Checkpoint = "out/checkpoint" },
    };

    public static CheckOutcome Stopped(StopReason reason) => Holds with { Found = Holds.Found with { StoppedBy = reason } };

    public static CheckOutcome Vacuous { get; } = Holds with
    {
        Found = Holds.Found with { Properties = [new(TypeExclusivity, true, null), new(Linear, false, null)] },
    };

    /// <summary>Complete, but for what was not looked at.</summary>
    public static CheckOutcome Lossy { get; } = Holds with { Found = Holds.Found with { Fired = [12, 7, 3, 0, 1] } };

    /// <summary>Complete, and what cannot happen did.</summary>
    public static CheckOutcome Surprising { get; } = Holds with { Found = Holds.Found with { Fired = [12, 7, 3, 1, 0] } };

    /// <summary>Complete, and what must happen did not.</summary>
    public static CheckOutcome Unwitnessed { get; } = Holds with { Actions = [.. Actions.Select(a => a with { IsRequired = a.Id == "mmuext_op" })] };

    public static ProofOutcome Proved { get; } = new(
        new()
        {
            Fault = null,
            Groups = [("initial", 30, 30), ("inductive", 1188, 1188), ("silent", 900, 900)],
            Failures = [],
            Vacuous = [],
            OfRest = ["I-BRC"],
            Shut = [KeyValuePair.Create("FillSuperpage", "no audited entry has the superpage bit (I-TBITS)")],
            Mutants =
            [
                new("EditInPlace", "IsSameMapping(was, e)", ["I-TDELTA", "I-TEXCL"], null),
                new("Drop", "IsTaken(v, f)", [], "PT-10"),
            ],
            Steps = 36,
            Invariants = 33,
            CpuSeconds = 27.25,
            IsInterrupted = false,
            SolverVersion = "4.8.12",
        },
        Seconds: 14.5);

    public static ProofOutcome NotProved { get; } = Proved with
    {
        Report = Proved.Report with
        {
            Fault = "XSA-182",
            Groups = [("initial", 30, 30), ("inductive", 1188, 1186)],
            Failures =
            [
                new("inductive", "EditInPlace", "I-TEXCL", false, null, new(
                    [KeyValuePair.Create("mfn:0", "d1  L4 ×1 pinned"), KeyValuePair.Create("mfn:0[0]", "mfn:0 r-")],
                    "EditInPlace  v0  mfn:0[0] := mfn:0 rw",
                    [KeyValuePair.Create<string, string?>("mfn:0[0]", "mfn:0 rw")],
                    Says,
                    Source,
                    Breaks)),
                new("inductive", "Walk", "I-FTLB", true, "timeout", null),
            ],
            Mutants = [],
        },
    };

    public static RefutationOutcome Attacked { get; } = new()
    {
        Found = new()
        {
            Scope = "memory --frames 4",
            Attack = new("I-TEXCL", Says, Source, Breaks, [KeyValuePair.Create("mfn:0", "d1  None")],
            [
                Request("d1  mmuext_op  PIN_L4_TABLE mfn:0  = 0", "mfn:0", "d1  None", "d1  L4 ×1 pinned"),
                Request("d1  mmu_update  mfn:0[0] := mfn:0 rw  = 0", "mfn:0[0]", null, "mfn:0 rw"),
            ]),
            CompleteTo = 1,
            Unfinished = null,
            Bounds = "at most 4 frames and 2 entries a table",
            CpuSeconds = 3.5,
        },
        Asked = 4,
        IsInterrupted = false,
        Seconds = 3.25,
        TraceFile = "out/I-TEXCL.itf.json",
    };

    public static RefutationOutcome NoAttack { get; } = Attacked with
    {
        Found = Attacked.Found with { Attack = null, CompleteTo = 4 },
        TraceFile = null,
    };

    public static RefutationOutcome Unfinished { get; } = NoAttack with
    {
        Found = NoAttack.Found with { CompleteTo = 2, Unfinished = "the time is over" },
    };

    private static AttackStep Request(string request, string fact, string? before, string? after) =>
        new(request, [KeyValuePair.Create(fact, before)], [KeyValuePair.Create(fact, after)]);
}
