using Checking.Proving;
using Checking.Proving.Smt;
using Microsoft.Z3;

namespace Checking.Tests.Proving;

/// <summary>What is written for other solvers says what was asked.</summary>
public sealed class SmtTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-smt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_query_is_a_file_of_its_own()
    {
        ProofReport report = Prover.Run(new() { Property = "I-SCRUB", SmtOut = _folder });

        string[] files = Directory.GetFiles(_folder, "*.smt2", SearchOption.AllDirectories);
        Assert.Equal(report.Groups.Sum(g => g.Queries), files.Length);
        Assert.Contains(Path.Combine(_folder, "inductive", "Allocate", "I-SCRUB.1.smt2"), files);
    }

    /// <summary>The text is read back by Z3's own reader, which knows nothing of how we made formulas.</summary>
    [Theory]
    [InlineData(null, "ClearEntry", "I-REF.1", Status.UNSATISFIABLE)]
    [InlineData(null, "Begin", "I-TEXCL.1", Status.UNSATISFIABLE)]
    [InlineData("XSA-401", "Begin", "I-TEXCL.1", Status.SATISFIABLE)]
    [InlineData("no-scrub", "Allocate", "I-SCRUB.1", Status.SATISFIABLE)]
    public void A_file_read_back_has_the_same_answer(string? fault, string step, string goal, Status answer)
    {
        Batch batch = Inductive.Batches(fault is null ? null : Model.Faults.Fault.Find(fault)).Single(b => b.Step == step);

        string text = SmtFiles.Query(batch, batch.Goals.Single(g => g.Name == goal));

        Assert.All(text, letter => Assert.True(char.IsAscii(letter)));
        using Context context = new();
        using Solver solver = context.MkSolver();
        solver.FromString(text);
        Assert.Equal(answer, solver.Check());
    }

    [Fact]
    public void The_lemma_of_the_counts_read_back_holds()
    {
        Batch lemma = Counting.Batch();

        foreach (Goal goal in lemma.Goals)
        {
            using Context context = new();
            using Solver solver = context.MkSolver();
            solver.FromString(SmtFiles.Query(lemma, goal));
            Assert.Equal(Status.UNSATISFIABLE, solver.Check());
        }
    }
}
