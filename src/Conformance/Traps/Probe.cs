namespace Conformance.Traps;

/// <summary>Where the guest goes on by itself, as the frame has it.</summary>
internal enum Resumption
{
    /// <summary>A fault: at the instruction.</summary>
    At,

    /// <summary>A trap: after it.</summary>
    After,

    /// <summary>A jump is done when its target cannot be fetched.</summary>
    AtTarget,
}

/// <summary>What the processor does with an instruction of guests/traps/probes.S. It does not depend on Xen.</summary>
/// <param name="Name">as the guest calls it</param>
/// <param name="Code">its error code, if the vector has one</param>
/// <param name="Flags">that it had set itself, as the frame shows them</param>
/// <param name="Address">what CR2 is, of a page fault</param>
/// <param name="Status">what DR6 says, of a debug exception</param>
internal sealed record Probe(
    string Name, byte Vector, uint? Code = null, Resumption Resumption = Resumption.At, string Flags = "", string? Address = null, uint Status = 0)
{
    /// <summary>Every exception that goes on at the instruction sets RF in its frame, but for a breakpoint there (SDM Vol. 3B, 17.3.1.1).</summary>
    public bool SetsResume => Resumption != Resumption.After && Vector != 1;

    /// <summary>In this mode it raises nothing after all.</summary>
    public bool IsSilent { get; init; }

    /// <summary>It is run with stacks of all sorts.</summary>
    public bool IsOften { get; init; }

    /// <summary>Another one stands for the vector where handlers are absent.</summary>
    public bool IsVariant { get; init; }
}

/// <summary>The processor's part: which vector and error code an instruction raises, and where it goes on.</summary>
/// <remarks>SDM Vol. 3A, 6.15, "Exception and Interrupt Reference", one section for each vector; what else is cited stands beside it.</remarks>
internal static class Probes
{
    /// <summary>B0 and BS of DR6.</summary>
    private const uint FirstBreakpoint = 1, SingleStep = 0x4000;

    private const uint Write = 2, User = 4, Fetch = 16, Present = 1;

    /// <summary>Vectors that Xen's own table of gates opens to every level: #BP, #OF, and INT 80h.</summary>
    /// <remarks>trap_init, init_int80_direct_trap, xen/arch/x86.</remarks>
    private static readonly int[] OpenInXen = [3, 4, 0x80];

    /// <summary>The exceptions of a kind of guest in a mode.</summary>
    public static IReadOnlyList<Probe> Of(Circumstances c) => [.. All(c).OfType<Probe>()];

    /// <summary>The vectors that INT is tried with: of a 32-bit guest without that of hypercalls.</summary>
    public static IReadOnlyList<byte> Interrupts(bool is32Bit) =>
        [.. Enumerable.Range(0, 0x21).Select(n => (byte)n), 0x80, .. is32Bit ? (byte[])[] : [0x82]];

    /// <summary>Whether the processor lets INT n through by itself, whatever the guest's gate says.</summary>
    public static bool IsOpenInXen(int vector) => OpenInXen.Contains(vector);

    private static IEnumerable<Probe?> All(Circumstances c)
    {
        uint user = c.IsUser ? User : 0;
        bool is32Bit = c.Is32Bit;
        return
        [
            new("#DE, div by zero", 0),
            new("#DB, single step", 1, Resumption: Resumption.After, Flags: " TF", Status: SingleStep),
            new("#DB, int1", 1, Resumption: Resumption.After) { IsVariant = true },
            new("#DB, breakpoint", 1, Status: FirstBreakpoint) { IsVariant = true },
            new("#DB, store to watched data", 1, Resumption: Resumption.After, Status: FirstBreakpoint) { IsVariant = true },
            new("#BP, int3", 3, Resumption: Resumption.After) { IsOften = true },
            new("#OF, int 4", 4, Resumption: Resumption.After),
            is32Bit ? new("#OF, into", 4, Resumption: Resumption.After) { IsVariant = true } : null, // Neither exists in 64-bit mode.
            is32Bit ? new("#BR, bound", 5) : null,
            new("#UD, ud2", 6) { IsOften = true },
            new("#UD, with NT", 6, Flags: " NT") { IsVariant = true },
            new("#UD, with AC", 6, Flags: " AC") { IsVariant = true },
            new("#NM, fninit", 7),
            new("#NP, es", 11, 0x08), // the selector's index and table: 6.13
            new("#SS, ss", 12, is32Bit && !c.IsUser ? 0x10u : 0x08),
            is32Bit ? null : new("#SS, not canonical", 12, 0) { IsVariant = true }, // Vol. 1, 3.3.7.1
            is32Bit ? null : new("#GP, not canonical", 13, 0) { IsVariant = true },
            new("#GP, no descriptor", 13, 0x1000) { IsVariant = true },
            new("#GP, hlt", 13, 0),
            new("#PF, load, absent", 14, user, Address: "absent page + 0x8") { IsOften = true },
            new("#PF, store, absent", 14, user | Write, Address: "absent page + 0x10") { IsVariant = true },
            new("#PF, store, read-only", 14, user | Write | Present, Address: "read-only page + 0x18") { IsVariant = true },
            new("#PF, store, across", 14, user | Write | Present, Address: "read-only page + 0x0") { IsVariant = true },
            // The machine-to-physical table, which a 64-bit guest's root for user mode lacks; a 32-bit guest has one root.
            new("#PF, store, Xen's", 14, user | Write | (is32Bit || !c.IsUser ? Present : 0), Address: "Xen's") { IsVariant = true },
            new("#PF, fetch, absent", 14, user | Fetch, Resumption.AtTarget, Address: "absent page + 0x20") { IsVariant = true },
            new("#PF, fetch, no execute", 14, user | Fetch | Present, Resumption.AtTarget, Address: "read-write page + 0x28") { IsVariant = true },
            new("#MF, fwait", 16),
            new("#MF, division by zero", 16) { IsVariant = true },
            new("#AC, load", 17, 0, Flags: " AC") { IsSilent = is32Bit && !c.IsUser }, // Only level 3 is checked.
            new("#XM, division by zero", 19),
        ];
    }
}
