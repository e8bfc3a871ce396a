using Checking.Proving;
using Checking.Proving.Flows;
using Checking.Proving.Smt;
using Checking.Rings.Proving;
using Microsoft.Z3;
using Model.Faults;

namespace Checking.Tests.Proving;

/// <summary>The queries as files, read by another solver: what Z3 says does not rest on Z3 alone.</summary>
public sealed class SecondOpinionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-smt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>What Z3 proves of these queries, as of all others, is another test.</summary>
    [Fact]
    public void Another_solver_proves_what_Z3_proves()
    {
        const int OneIn = 50, Least = 80;

        Assert.SkipUnless(Cvc5.IsInstalled, "package cvc5 is not installed");
        (Batch Batch, Goal Goal)[] all =
            Queries([.. Inductive.Batches(null), Initial.Batch(), .. Silence.Batches(null, Flow.Declared), .. RingProof.Batches(null)]);
        (Batch, Goal)[] sample = [.. all.Where((_, k) => k % OneIn == 0), .. Queries([Counting.Batch()])];

        string[] answers = [.. sample.AsParallel().AsOrdered().WithDegreeOfParallelism(2).Select(q => Cvc5.Refute(Write(q)))];

        int unanswered = answers.Count(a => a == "unknown");
        Assert.DoesNotContain("sat", answers);
        Assert.True(unanswered <= answers.Length / 20, $"cvc5 gives up on {unanswered} of {answers.Length}");
        Assert.True(answers.Length - unanswered >= Least, $"only {answers.Length} queries were asked");
    }

    [Theory]
    [InlineData("XSA-148", "AuditUpper", "I-TBITS")]
    [InlineData("XSA-182", "EditInPlace", "I-TEXCL")]
    [InlineData("XSA-401", "Begin", "I-TEXCL")]
    [InlineData("no-scrub", "Allocate", "I-SCRUB")]
    public void Another_solver_finds_the_mistakes_that_Z3_finds(string fault, string guilty, string invariant)
    {
        Assert.SkipUnless(Cvc5.IsInstalled, "package cvc5 is not installed");
        Batch batch = Inductive.Batches(Fault.Find(fault)).Single(b => b.Step == guilty);
        string[] files = [.. batch.Goals.Where(g => g.Invariant == invariant).Select(g => Write((batch, g)))];

        string[] answers = [.. files.Select(Cvc5.Satisfy)];

        Assert.Contains("sat", answers);
        Assert.Equal(files.Select(AnswerOfZ3), answers);
    }

    private static (Batch, Goal)[] Queries(IEnumerable<Batch> batches) =>
        [.. batches.SelectMany(b => b.Goals.Select(g => (b, g)))];

    private static string AnswerOfZ3(string file)
    {
        using Context context = new();
        using Solver solver = context.MkSolver();
        solver.FromString(File.ReadAllText(file));
        return solver.Check() switch { Status.SATISFIABLE => "sat", Status.UNSATISFIABLE => "unsat", _ => "unknown" };
    }

    private string Write((Batch Batch, Goal Goal) query)
    {
        string file = Path.Combine(_folder, $"{query.Batch.Group}-{query.Batch.Step}-{query.Goal.Name}.smt2");
        File.WriteAllText(file, SmtFiles.Query(query.Batch, query.Goal));
        return file;
    }
}
