namespace Implementation.Tests.Sensitive;

/// <summary>Every sensitive instruction, executed in every mode, does what the specification says.</summary>
public class SensitiveTests
{
    private static readonly Lazy<IReadOnlyList<(SensitiveInstruction Instruction, Observation[] Observations)>> Observed = new(() =>
        [.. SensitiveInstructions.All.Select(instruction => (instruction, Mode.All.Select(instruction.Execute).ToArray()))]);

    [Fact]
    public void The_specification_says_an_outcome_for_every_instruction_and_mode() =>
        Assert.Equal(
            SensitiveInstructions.All.Select(instruction => (instruction.Name, string.Join(", ", Mode.All.Select(mode => mode.Name)))),
            Specified().Select(row => (row.Name, string.Join(", ", row.Outcomes.Keys))));

    [Fact]
    public void Every_instruction_does_in_every_mode_what_the_specification_says() // VC-13, VC-14
    {
        Dictionary<string, Dictionary<string, string>> specified = Specified().ToDictionary(row => row.Name, row => row.Outcomes);

        string[] differences =
        [
            .. from row in Observed.Value
               from pair in Mode.All.Zip(row.Observations)
               let said = specified[row.Instruction.Name][pair.First.Name]
               where said != pair.Second.Outcome
               select $"{row.Instruction.Name}, {pair.First.Name}: {pair.Second.Cell}, and the specification says {said}",
        ];

        Assert.True(differences.Length == 0, string.Join("\n", differences));
    }

    [Fact]
    public void The_page_of_the_docs_shows_what_was_observed()
    {
        string page = SensitivePage.Write(Observed.Value), path = Path.Combine(Root(), "docs", "sensitive-instructions.md");
        if (Environment.GetEnvironmentVariable("RINGFENCE_UPDATE_GOLDEN") == "1") File.WriteAllText(path, page);

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : $"{path} is missing", page);
    }

    private static IReadOnlyList<(string Name, Dictionary<string, string> Outcomes)> Specified() =>
        SpecifiedOutcomes.Read(File.ReadAllText(Path.Combine(Root(), "spec", "12-virtual-cpu.md")));

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Conformance.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("the repository is not above the tests");

        return directory;
    }
}
