using Checking.Proving;
using Checking.Proving.Flows;
using Checking.Proving.Solving;
using Model;
using Model.Faults;

namespace Checking.Tests.Flows;

/// <summary>What is silent, and what is not if a flow is not declared or a mistake is made again.</summary>
public sealed class SilenceTests
{
    [Fact, Clause("FL-10"), Clause("FL-11"), Clause("FL-12")]
    public void Nothing_flows_but_what_is_declared()
    {
        (string Name, Counterexample? Told)[] failing = Failing(Silence.Batches(Fault.Find("no-scrub"), Flow.Declared).Where(b => b.Step is "Allocate"));
        foreach (var f in failing.Take(3)) Tell(f);
        Assert.Equal([""], failing.Select(f => f.Name));
    }

    private static string[] Failing(IEnumerable<Batch> batches)
    {
        Batch[] all = [.. batches];
        Findings[] findings = Team.Do(all, new() { Workers = 2 }, (desk, batch) =>
        {
            var w = System.Diagnostics.Stopwatch.StartNew();
            var f = desk.Ask(batch, () => { });
            Console.Error.WriteLine($"{batch.Step} {batch.Goals[0].Name} {batch.Goals.Count} {w.ElapsedMilliseconds}");
            return f;
        }, Findings.Unasked);
        return
        [
            .. from each in all.Zip(findings)
               from k in Enumerable.Range(0, each.First.Goals.Count)
               where each.Second.Goals[k] != Finding.Proved
               select $"{each.First.Step} {each.First.Goals[k].Name} {each.Second.Goals[k]}",
        ];
    }
}
