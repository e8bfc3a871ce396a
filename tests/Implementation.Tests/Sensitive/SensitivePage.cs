using System.Text;

namespace Implementation.Tests.Sensitive;

/// <summary>The page of the docs that shows what became of each instruction in each mode.</summary>
internal static class SensitivePage
{
    private const string Introduction =
        """
        # Sensitive instructions

        What becomes of each instruction that shows or changes the state of the processor, in each mode that a guest's code can be in: the list
        of Robin and Irvine and the privileged instructions (VC-13 and VC-14 of [spec/12-virtual-cpu.md](../spec/12-virtual-cpu.md)). A test
        executes each of them in each mode in our hypervisor, checks that the outcome is the one of the specification's table, and writes this
        page (`tests/Implementation.Tests/Sensitive`; `RINGFENCE_UPDATE_GOLDEN=1` writes it anew). For the kernel of a 64-bit guest
        `./ringfence conform --target xen` compares the same instructions with real Xen (`src/Conformance/Scripts/Instructions.cs`).

        The modes are the kernel and the programs of a 64-bit guest, in 64-bit code and in code segments of 32 bits (compatibility mode), and
        the kernel (level 1) and the programs (level 3) of a 32-bit guest.

        | outcome | meaning |
        | --- | --- |
        | runs | the processor carries it out; Xen does not see it |
        | emulated | the processor refuses it and Xen carries it out |
        | ignored | the processor refuses it and Xen goes on behind it; nothing has changed |
        | hypercall | it is a hypercall |
        | handler | the guest's kernel is entered at the handler of the vector that it names |
        | callback | the guest's kernel is entered at the callback that it registered |
        | #XX | the guest's kernel is entered for this exception, with this error code; nothing has changed |
        | crash | the domain ends: its kernel cannot be entered |
        | - | it cannot be written in such code |


        """;

    public static string Write(IReadOnlyList<(SensitiveInstruction Instruction, Observation[] Observations)> rows)
    {
        StringBuilder page = new(Introduction);
        page.Append("## Outcomes\n\n");
        page.Append($"| instruction | {string.Join(" | ", Mode.All.Select(mode => mode.Name))} |\n");
        page.Append($"| --- |{string.Concat(Enumerable.Repeat(" --- |", Mode.All.Count))}\n");
        foreach ((SensitiveInstruction instruction, Observation[] observations) in rows)
            page.Append($"| {instruction.Name} | {string.Join(" | ", observations.Select(o => o.Cell))} |\n");

        page.Append("\n## What changes\n\n");
        page.Append("Of instructions that run, are emulated or are hypercalls: what is other than before, the instruction pointer aside. Registers\n");
        page.Append("are 0 before but for the operands, RDI and RSI (0x10000), and RSP (0x1c000, less what is on the stack).\n\n");
        page.Append("| instruction | modes | changes |\n| --- | --- | --- |\n");
        foreach ((SensitiveInstruction instruction, Observation[] observations) in rows) WriteChanges(page, instruction.Name, observations);

        return page.ToString();
    }

    /// <summary>Modes in which the same changes are one line.</summary>
    private static void WriteChanges(StringBuilder page, string name, Observation[] observations)
    {
        var groups =
            from pair in Mode.All.Zip(observations)
            where pair.Second.Changes.Count > 0
            group pair.First.Name by string.Join(", ", pair.Second.Changes);
        foreach (var group in groups)
        {
            string modes = group.Count() == Mode.All.Count ? "all" : string.Join(", ", group);
            page.Append($"| {name} | {modes} | {group.Key} |\n");
        }
    }
}
