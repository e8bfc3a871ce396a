namespace Model.Rings;

/// <summary>Which micro-steps of ring protection a script can take, beside a hypervisor that plays it as guest code.</summary>
/// <param name="Operations">the acts of scripts that lead to it, by their names, where hardly any does</param>
/// <param name="Impossible">why no script on a stage can; null if one can</param>
public sealed record RingReach(RingStep Step, IReadOnlyList<string> Operations, string? Impossible)
{
    private const string
        Narrow = "the domains of a stage are 64-bit guests",
        Wide = "the domains of a stage are 32-bit guests",
        Segmented = "the programs of a stage stay in the flat segments",
        Unseen = "what it does between two ways into Xen is the guest's own, and nobody looks on",
        Hardware = "the machine sends no such thing",
        Elsewhere = "scripts execute no instruction that leaves for an address of their choice",
        Theory = "no state admits it: see docs/reading-a-proof.md",
        Kept = "a stage's program keeps what it needs to go on",
        OwnStack = "a 32-bit kernel that returns to itself keeps its stack, and what it registers is put right before it traps";

    private static readonly RingReach[] Of64 = Make(is32Bit: false), Of32 = Make(is32Bit: true);

    /// <summary>All of them, by name.</summary>
    /// <param name="is32Bit">of the kind of the stage's domains</param>
    public static IReadOnlyList<RingReach> All(bool is32Bit = false) => is32Bit ? Of32 : Of64;

    /// <summary>Those that a script can take and none did.</summary>
    public static IEnumerable<RingStep> Missing(RingStepSet taken, bool is32Bit = false) =>
        All(is32Bit).Where(r => r.Impossible is null && !taken.Contains(r.Step)).Select(r => r.Step);

    private static RingReach[] Make(bool is32Bit) =>
        [.. Enum.GetValues<RingStep>().Select(step => new RingReach(step, By(step), WhyNot(step) ?? (is32Bit ? WhyNotNarrow(step) : WhyNotWide(step))))];

    private static string[] By(RingStep step) => step switch
    {
        RingStep.UsePorts or RingStep.LeavePorts => ["physdev_op.set_iopl", "instruction"],
        RingStep.SetBreakpoint or RingStep.ClearBreakpoint or RingStep.SetStatus => ["set_debugreg"],
        RingStep.Arm => ["set_debugreg", "vcpu_op.down", "vcpu_op.up"],
        RingStep.LoadData or RingStep.DropData => ["instruction", "set_segment_base"],
        RingStep.Admit or RingStep.Exclude or RingStep.WriteDescriptor => ["set_gdt", "update_descriptor"],
        RingStep.SetBase => ["set_segment_base"],
        RingStep.Crash or RingStep.CrashAtIret or RingStep.BeginCopy or RingStep.CopyWord or RingStep.EndCopy => ["iret"],
        _ => [],
    };

    private static string? WhyNot(RingStep step) => step switch
    {
        RingStep.FarTransfer => Segmented,
        RingStep.PopFlags => "no instruction of a script changes NT",
        RingStep.Compute or RingStep.Sense or RingStep.Touch or RingStep.Forge => Unseen,
        RingStep.Strike => Hardware,
        RingStep.Sysenter => Elsewhere,
        RingStep.LeaveNested or RingStep.PassGate => Theory,
        RingStep.AwaitEvents => Kept,
        _ => null,
    };

    private static string? WhyNotWide(RingStep step) => step switch
    {
        RingStep.ConsultGate or RingStep.EnterGate or RingStep.LeaveGate or RingStep.ReturnOutwards
            or RingStep.BeginCopy or RingStep.CopyWord or RingStep.EndCopy => Narrow,
        _ => null,
    };

    private static string? WhyNotNarrow(RingStep step) => step switch
    {
        RingStep.ConsultGate or RingStep.EnterGate or RingStep.LeaveGate or RingStep.ReturnOutwards => Elsewhere,
        RingStep.SetBase or RingStep.LeaveFast => Wide,
        RingStep.Syscall or RingStep.SwitchStack => "the machine's processor has no SYSCALL in 32-bit code",
        RingStep.Crash => OwnStack,
        _ => null,
    };
}
