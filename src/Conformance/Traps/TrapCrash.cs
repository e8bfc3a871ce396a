namespace Conformance.Traps;

/// <summary>A trap that nobody can be told of, so that the domain is given up.</summary>
/// <param name="Number">the guest's command line has <c>case=</c> and this</param>
/// <param name="Name">what the guest says before it does it</param>
/// <param name="Unhandled">the exception that Xen names because it has no handler; null: it has one</param>
/// <param name="IsGivenUp">as the model has it</param>
internal sealed record TrapCrash(int Number, string Name, Probe? Unhandled, bool IsGivenUp)
{
    private const byte InvalidOpcode = 6, PageFault = 14;

    private static readonly (string Name, Memory Stack)[] Stacks64 =
    [
        ("stack absent", Memory.Unwritable),
        ("stack read-only", Memory.Unwritable),
        ("stack grows into an absent page", Memory.Unwritable),
        ("stack is Xen's", Memory.Xens),
        ("stack at 0", Memory.Unwritable), // Below 0 is the end of the guest's own part.
        ("stack not canonical", Memory.Unwritable),
    ];

    /// <summary>Below 0 are Xen's addresses, and every address can be held.</summary>
    private static readonly (string Name, Memory Stack)[] Stacks32 = [.. Stacks64[..4], ("stack at 0", Memory.Xens)];

    /// <summary>All of them, as guests/traps/crashes.c numbers them.</summary>
    public static IReadOnlyList<TrapCrash> All(bool is32Bit) =>
        [.. ((IEnumerable<(string Name, Probe? Unhandled, bool IsGivenUp)>)[.. Unhandleds(is32Bit), .. OnStacks(is32Bit), .. InHandlers(is32Bit)])
            .Select((c, number) => new TrapCrash(number, $"crash: {c.Name}", c.Unhandled, c.IsGivenUp))];

    private static IEnumerable<(string, Probe?, bool)> Unhandleds(bool is32Bit) =>
        from probes in (IEnumerable<(Probe Kernel, Probe User)>)Probes.Of(new(is32Bit, IsUser: false)).Zip(Probes.Of(new(is32Bit, IsUser: true)))
        where !probes.Kernel.IsVariant
        from isUser in (bool[])[false, true]
        let probe = isUser ? probes.User : probes.Kernel
        where !probe.IsSilent
        let world = new TrapWorld(new(is32Bit, isUser), Enumerable.Range(0, 32).Where(n => n != probe.Vector).Select(n => new Gate(n)))
        select ($"{Mode(isUser)}, {probe.Name}, no handler", (Probe?)probe, world.Trap(probe.Vector) is null);

    private static IEnumerable<(string, Probe?, bool)> OnStacks(bool is32Bit) =>
        from stack in is32Bit ? Stacks32 : Stacks64
        from probe in Probes.Of(new(is32Bit, IsUser: false)).Where(p => p.IsOften && p.Vector is InvalidOpcode or PageFault && !p.IsVariant)
        from isUser in (bool[])[false, true]
        let world = new TrapWorld(new(is32Bit, isUser, Stack: stack.Stack), [new(probe.Vector)])
        select ($"{Mode(isUser)}, {probe.Name}, {stack.Name}", (Probe?)null, world.Trap(probe.Vector) is null);

    private static IEnumerable<(string, Probe?, bool)> InHandlers(bool is32Bit) =>
        from handler in (IEnumerable<(string Name, Func<TrapWorld, bool> Ends)>)
        [
            ("then a fault on an absent stack", _ => new TrapWorld(new(is32Bit, IsUser: false, Stack: Memory.Unwritable), [new(InvalidOpcode)]).Trap(InvalidOpcode) is null),
            ("then iret from an absent page", world => world.IsGivenUpAtIret(Memory.Unwritable, level: is32Bit ? 1 : 3)),
            is32Bit
                ? ("then iret to level 0", world => world.IsGivenUpAtIret(Memory.Writable, level: 0)) // A 64-bit guest's level is raised.
                : ("then iret from Xen's addresses", world => world.IsGivenUpAtIret(Memory.Xens, level: 3)), // A 32-bit guest may read there: D-31.
        ]
        from isUser in (bool[])[false, true]
        let world = new TrapWorld(new(is32Bit, isUser), [new(InvalidOpcode)])
        select ($"{Mode(isUser)}, #UD, ud2, {handler.Name}", (Probe?)null, world.Trap(InvalidOpcode) is not null && handler.Ends(world));

    private static string Mode(bool isUser) => isUser ? "user" : "kernel";
}
