using System.Text;
using Checking.Proving.Unbounded;

namespace Checking.Proving.Smt;

/// <summary>Writes every query as a file that another solver can read: <c>group/step/invariant.smt2</c>.</summary>
internal static class SmtFiles
{
    /// <exception cref="IOException">a file cannot be written</exception>
    public static void Write(string folder, IEnumerable<Batch> batches)
    {
        foreach (Batch batch in batches)
        {
            string place = Path.Combine(folder, batch.Group, batch.Step);
            Directory.CreateDirectory(place);
            foreach (Goal goal in batch.Goals) File.WriteAllText(Path.Combine(place, $"{goal.Name}.smt2"), Query(batch, goal), Encoding.ASCII);
        }
    }

    /// <summary>One query: what is given, and that the goal is false. It has no model if the goal follows.</summary>
    public static string Query(Batch batch, Goal goal)
    {
        SmtText text = new([.. batch.Given, !goal.Claim]);
        return $"""
            ; {batch.Group}: {batch.Step}, {goal.Name}
            (set-info :smt-lib-version 2.6)
            (set-logic ALL)
            {text.Declarations}
            ; what holds of the sorts
            {text.Asserted(text.Axioms)}
            ; what is given
            {text.Asserted(batch.Given)}
            ; what is claimed, and denied here
            {text.Asserted([!goal.Claim])}
            (check-sat)

            """;
    }
}
