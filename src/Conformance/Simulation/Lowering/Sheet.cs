using Conformance.Scripts;
using Iced.Intel;
using Implementation.Hypervisor;

namespace Conformance.Simulation.Lowering;

/// <summary>Acts of one vCPU as guest code, one after the other with an INT3 behind each. A long script takes several sheets in turn.</summary>
/// <param name="First">the first act, as the vCPU counts its own</param>
/// <param name="Code">for <see cref="ProgramPages.Sheet"/></param>
/// <param name="Entries">linear address of each act's code</param>
/// <param name="Markers">linear address of the INT3 behind each</param>
/// <param name="Recipes">of each that is a hypercall</param>
internal sealed record Sheet(int First, byte[] Code, ulong[] Entries, ulong[] Markers, Recipe?[] Recipes)
{
    private const int LongestInstruction = 15;

    public int Count => Entries.Length;

    public bool Has(int act) => act >= First && act < First + Count;

    /// <summary>Lowers as many acts as there is room for, at least one.</summary>
    public static Sheet Lower(ProgramPages pages, IReadOnlyList<Act> acts, int first)
    {
        Assembler code = new(pages.Mode == DomainKind.Pv32Pae ? 32 : 64);
        ActWriter writer = ActWriter.Of(code, pages);
        List<(Label Entry, Label Marker)> labels = [];
        List<Recipe?> recipes = [];
        int most = ProgramPages.Records - 1;
        for (int i = first; i < acts.Count && labels.Count < most && code.Instructions.Count * LongestInstruction < pages.SheetBytes / 2; i++)
        {
            (Label entry, Label marker) = (code.CreateLabel(), code.CreateLabel());
            code.Label(ref entry);
            Recipe? recipe = acts[i].Row.Means == Means.Hypercall ? Recipe.Of(acts[i], pages.Mode) : null;
            recipes.Add(recipe);
            writer.Write(acts[i], recipe, pages.Record(labels.Count));
            code.Label(ref marker);
            code.int3();
            labels.Add((entry, marker));
        }

        MemoryStream bytes = new();
        AssemblerResult where = code.Assemble(new StreamCodeWriter(bytes), pages.Sheet, BlockEncoderOptions.ReturnNewInstructionOffsets);
        if (bytes.Length > pages.SheetBytes) throw new InvalidOperationException($"{bytes.Length} bytes of code for a sheet of {pages.SheetBytes}");
        return new(
            first, bytes.ToArray(), [.. labels.Select(l => where.GetLabelRIP(l.Entry))], [.. labels.Select(l => where.GetLabelRIP(l.Marker))], [.. recipes]);
    }
}
