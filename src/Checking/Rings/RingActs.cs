namespace Checking.Rings;

/// <summary>When a step can happen at all, so that its arguments need not be tried at other times.</summary>
internal enum RingPhase
{
    Any,

    /// <summary>The guest runs.</summary>
    Guest,

    /// <summary>Xen runs, on the guest's stack.</summary>
    Window,

    /// <summary>Xen runs.</summary>
    Xen,

    /// <summary>Xen carries out a hypercall.</summary>
    Hypercall,

    /// <summary>Something is to be delivered.</summary>
    Raised,

    /// <summary>Xen has read a call gate.</summary>
    Gate,
}

/// <summary>A step as the explorer takes it.</summary>
/// <param name="Parts">the parts of the scope in which it happens</param>
/// <param name="Says">what it means that it happened</param>
internal sealed record RingActs(string Step, RingPhase Phase, RingPart[] Parts, string Says)
{
    private static readonly RingPart[] Everywhere = Enum.GetValues<RingPart>();

    /// <summary>Every step of the model, by name.</summary>
    public static IReadOnlyList<RingActs> All { get; } =
    [
        new(nameof(ConcreteRingSteps.Admit), RingPhase.Xen, [RingPart.Segments], "a descriptor table comes to reach to a position"),
        new(nameof(ConcreteRingSteps.Arm), RingPhase.Xen, [RingPart.Registers], "a processor takes over a breakpoint of a vCPU"),
        new(nameof(ConcreteRingSteps.AwaitEvents), RingPhase.Hypercall, [RingPart.Traps], "a guest's kernel waits for events"),
        new(nameof(ConcreteRingSteps.BeginCopy), RingPhase.Hypercall, [RingPart.Traps], "Xen begins to copy an iret frame"),
        new(nameof(ConcreteRingSteps.BeginHypercall), RingPhase.Xen, Everywhere, "a hypercall begins"),
        new(nameof(ConcreteRingSteps.ClearBreakpoint), RingPhase.Xen, [RingPart.Registers], "a breakpoint is taken back"),
        new(nameof(ConcreteRingSteps.ClearHandler), RingPhase.Hypercall, [RingPart.Traps], "a handler is taken back"),
        new(nameof(ConcreteRingSteps.Compute), RingPhase.Guest, [RingPart.Registers], "a guest uses the floating-point registers"),
        new(nameof(ConcreteRingSteps.ConsultGate), RingPhase.Xen, [RingPart.Segments], "Xen reads a call gate for a guest"),
        new(nameof(ConcreteRingSteps.CopyWord), RingPhase.Hypercall, [RingPart.Traps], "Xen copies the next word of an iret frame"),
        new(nameof(ConcreteRingSteps.Crash), RingPhase.Raised, [RingPart.Traps], "no frame can be made, and the domain is given up"),
        new(nameof(ConcreteRingSteps.CrashAtIret), RingPhase.Hypercall, [RingPart.Traps], "an iret frame cannot be gone on with, and the domain is given up"),
        new(nameof(ConcreteRingSteps.Deliver), RingPhase.Raised, [RingPart.Traps], "a bounce frame is made"),
        new(nameof(ConcreteRingSteps.Deschedule), RingPhase.Xen, [RingPart.Registers], "a processor lets go of a vCPU"),
        new(nameof(ConcreteRingSteps.DropData), RingPhase.Any, [RingPart.Segments], "a data selector is replaced"),
        new(nameof(ConcreteRingSteps.Emulate), RingPhase.Xen, [RingPart.Traps], "Xen carries out an instruction for a guest"),
        new(nameof(ConcreteRingSteps.EndCopy), RingPhase.Hypercall, [RingPart.Traps], "Xen ends copying an iret frame"),
        new(nameof(ConcreteRingSteps.EndHypercall), RingPhase.Hypercall, Everywhere, "a hypercall is answered"),
        new(nameof(ConcreteRingSteps.EnterGate), RingPhase.Gate, [RingPart.Segments], "Xen takes a guest through a call gate"),
        new(nameof(ConcreteRingSteps.Exclude), RingPhase.Xen, [RingPart.Segments], "a descriptor table comes to end before a position"),
        new(nameof(ConcreteRingSteps.FarTransfer), RingPhase.Guest, [RingPart.Segments], "a guest goes on in another code segment"),
        new(nameof(ConcreteRingSteps.Forge), RingPhase.Guest, [RingPart.Segments], "a guest writes behind the end of its table"),
        new(nameof(ConcreteRingSteps.Interrupt), RingPhase.Guest, [RingPart.Traps], "a guest raises a vector itself"),
        new(nameof(ConcreteRingSteps.Iret), RingPhase.Hypercall, Everywhere, "a vCPU goes on as an iret frame says"),
        new(nameof(ConcreteRingSteps.Leave), RingPhase.Xen, Everywhere, "Xen returns by IRET"),
        new(nameof(ConcreteRingSteps.LeaveFast), RingPhase.Xen, [RingPart.Traps], "Xen returns by SYSRET"),
        new(nameof(ConcreteRingSteps.LeaveGate), RingPhase.Gate, [RingPart.Segments], "Xen does not take a guest through a call gate"),
        new(nameof(ConcreteRingSteps.LeaveNested), RingPhase.Xen, [RingPart.Traps], "Xen returns by IRET with NT set"),
        new(nameof(ConcreteRingSteps.LeavePorts), RingPhase.Xen, [RingPart.Registers], "an instruction on ports is carried out"),
        new(nameof(ConcreteRingSteps.Light), RingPhase.Xen, [RingPart.Registers], "a processor switches on what a vCPU's kernel switched on"),
        new(nameof(ConcreteRingSteps.LoadData), RingPhase.Any, [RingPart.Segments], "a data selector is loaded"),
        new(nameof(ConcreteRingSteps.MaskEvents), RingPhase.Any, [RingPart.Traps], "a guest writes its virtual interrupt flag"),
        new(nameof(ConcreteRingSteps.MoveStack), RingPhase.Guest, [RingPart.Traps], "a guest moves its stack pointer"),
        new(nameof(ConcreteRingSteps.PassGate), RingPhase.Guest, [RingPart.Segments], "the processor takes a guest through a call gate"),
        new(nameof(ConcreteRingSteps.PopFlags), RingPhase.Guest, [RingPart.Traps], "a guest executes POPF"),
        new(nameof(ConcreteRingSteps.Reflect), RingPhase.Xen, [RingPart.Traps], "an exception, callback or event is to be delivered"),
        new(nameof(ConcreteRingSteps.ReturnOutwards), RingPhase.Guest, [RingPart.Segments], "a kernel returns to its programs by itself"),
        new(nameof(ConcreteRingSteps.RunOn), RingPhase.Guest, [RingPart.Traps], "a guest runs on"),
        new(nameof(ConcreteRingSteps.Schedule), RingPhase.Any, Everywhere, "a processor takes on a vCPU"),
        new(nameof(ConcreteRingSteps.Sense), RingPhase.Guest, [RingPart.Registers], "a guest executes a sensitive, unprivileged instruction"),
        new(nameof(ConcreteRingSteps.SetBase), RingPhase.Xen, [RingPart.Registers], "a segment base is set"),
        new(nameof(ConcreteRingSteps.SetBreakpoint), RingPhase.Xen, [RingPart.Registers], "a breakpoint is set"),
        new(nameof(ConcreteRingSteps.SetHandler), RingPhase.Hypercall, [RingPart.Traps], "a handler is registered"),
        new(nameof(ConcreteRingSteps.SetIopl), RingPhase.Hypercall, [RingPart.Registers], "ports are opened to a level"),
        new(nameof(ConcreteRingSteps.SetKernelStack), RingPhase.Hypercall, [RingPart.Traps], "the kernel's stack is registered"),
        new(nameof(ConcreteRingSteps.SetStatus), RingPhase.Xen, [RingPart.Traps], "debug status is set"),
        new(nameof(ConcreteRingSteps.Strike), RingPhase.Window, [RingPart.Traps], "something strikes before Xen stands on its own stack"),
        new(nameof(ConcreteRingSteps.SwitchFacility), RingPhase.Xen, [RingPart.Registers], "a facility is switched on or off"),
        new(nameof(ConcreteRingSteps.SwitchStack), RingPhase.Window, [RingPart.Traps], "Xen goes over to its own stack"),
        new(nameof(ConcreteRingSteps.Syscall), RingPhase.Guest, [RingPart.Traps], "SYSCALL enters Xen"),
        new(nameof(ConcreteRingSteps.Sysenter), RingPhase.Guest, [RingPart.Traps], "SYSENTER enters Xen"),
        new(nameof(ConcreteRingSteps.Touch), RingPhase.Guest, [RingPart.Segments, RingPart.Traps], "a guest accesses memory"),
        new(nameof(ConcreteRingSteps.Trap), RingPhase.Guest, Everywhere, "an exception or interrupt enters Xen"),
        new(nameof(ConcreteRingSteps.UsePorts), RingPhase.Xen, [RingPart.Registers], "an instruction on ports begins to be carried out"),
        new(nameof(ConcreteRingSteps.WriteDescriptor), RingPhase.Hypercall, [RingPart.Segments], "a descriptor is written"),
    ];

    /// <summary>The steps of a part.</summary>
    public static IReadOnlyList<RingActs> Of(RingPart part) => [.. All.Where(a => a.Parts.Contains(part))];

    /// <summary>Why the step cannot happen to guests of the kind; null if it can.</summary>
    /// <param name="isFaulty">the model makes a mistake, and more may happen</param>
    public static string? Impossible(string step, GuestKind kind, bool isFaulty) => (step, kind) switch
    {
        (nameof(ConcreteRingSteps.PassGate), _) when !isFaulty => "no call gate of a guest lets it through by itself",
        (nameof(ConcreteRingSteps.LeaveNested), _) when !isFaulty => "Xen never runs with a guest's NT",
        (nameof(ConcreteRingSteps.ConsultGate) or nameof(ConcreteRingSteps.EnterGate) or nameof(ConcreteRingSteps.LeaveGate), GuestKind.Pv64) =>
            "Xen carries out call gates of 32-bit guests alone",
        (nameof(ConcreteRingSteps.BeginCopy) or nameof(ConcreteRingSteps.CopyWord) or nameof(ConcreteRingSteps.EndCopy), GuestKind.Pv64) =>
            "Xen copies iret frames of 32-bit guests alone",
        (nameof(ConcreteRingSteps.ReturnOutwards), GuestKind.Pv64) => "a 64-bit guest has one level",
        (nameof(ConcreteRingSteps.LeaveFast), GuestKind.Pv32) => "SYSRET leads into 64-bit code",
        _ => null,
    };
}
