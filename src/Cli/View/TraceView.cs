namespace Cli.View;

/// <summary>A trace as the page shows it, whichever verb wrote it.</summary>
/// <param name="Kind">the verb that wrote it</param>
/// <param name="Verdict"><c>violated</c>, <c>diverged</c> or <c>holds</c></param>
/// <param name="Property">the clause that fails, as <c>I-TEXCL</c></param>
/// <param name="Says">the clause in the words of the specification</param>
/// <param name="Scenario">what was searched or run</param>
/// <param name="Again">the command that does it again</param>
/// <param name="Target">what was compared with the model; null where nothing was</param>
/// <param name="Steps">the first is the state in which the trace begins</param>
internal sealed record TraceView(
    string Kind,
    string Verdict,
    string Property,
    string Says,
    string Scenario,
    string Again,
    string? Target,
    IReadOnlyList<StepView> Steps);

/// <summary>One step and the state that it led to.</summary>
/// <param name="Actor">who acted, as <c>d1v0</c>; empty where nobody did</param>
/// <param name="Text">what was done, in the domain's words</param>
/// <param name="Answer">what came of it; null where nothing is answered</param>
/// <param name="Expected">the model's answer, where it differs</param>
/// <param name="Witness">what breaks the property in this state; null while it holds</param>
internal sealed record StepView(string Actor, string Text, string? Answer, string? Expected, string? Witness, StateView State);

/// <summary>What is known of the machine at one moment.</summary>
/// <param name="Frames">by name: "f3", "mfn:7"</param>
/// <param name="Others">facts that have no picture, by name</param>
/// <param name="Differences">where model and target say different things, by what it is about</param>
internal sealed record StateView(
    IReadOnlyDictionary<string, FrameBox> Frames,
    IReadOnlyList<EntryEdge> Entries,
    IReadOnlyList<Base> Bases,
    IReadOnlyList<Translation> Translations,
    IReadOnlyDictionary<string, string> Others,
    IReadOnlyDictionary<string, (string Model, string Target)> Differences);

/// <summary>A frame as the page draws it.</summary>
/// <param name="Owner">"d1", "xen", "nobody"</param>
/// <param name="Type">"L1", "Writable", "None"; "table" in the scope pagetypes</param>
/// <param name="Count">uses of the type; null if unknown</param>
/// <param name="References">Xen's general count; null if unknown</param>
/// <param name="Badges">"pinned", "partial", ...</param>
internal sealed record FrameBox(string Owner, string Type, long? Count, long? References, IReadOnlyList<string> Badges)
{
    /// <summary>The guest must not write it: it is in use as a page table or as descriptors.</summary>
    public bool IsGuarded => Count is not 0 && (IsTable || Type is "SegDesc");

    /// <summary>The level 1 to 4 of a live table; 0 for anything else.</summary>
    public int Level => Count is not 0 && Type is ['L', >= '1' and <= '4'] ? Type[1] - '0' : 0;

    private bool IsTable => Level > 0 || Type is "table";
}

/// <summary>A present entry of a table or of memory that may become one.</summary>
/// <param name="Says">"f3 rw", with whatever else is known of it</param>
internal sealed record EntryEdge(string From, int Slot, string To, bool IsWritable, bool IsSuperpage, string Says)
{
    public string Name => $"{From}[{Slot}]";
}

/// <summary>A root table that a vCPU runs on.</summary>
internal sealed record Base(string Vcpu, string Root, bool IsUser);

/// <summary>A translation that the processor of a vCPU may hold.</summary>
internal sealed record Translation(string Vcpu, string Frame, bool IsWritable);
