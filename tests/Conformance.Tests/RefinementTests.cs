using Conformance.Reports;
using Conformance.Watch;
using Implementation.Hypervisor;

namespace Conformance.Tests;

/// <summary>Whatever a guest asks of memory, in whatever order, hypervisor and model answer alike and stay in step.</summary>
public class RefinementTests(ITestOutputHelper output)
{
    private const int Scripts = 600, Steps = 400;

    [Fact]
    public void Every_script_refines_the_model()
    {
        SortedDictionary<string, (int Accepted, int Refused)> answers = [];
        for (int seed = 0; seed < Scripts; seed++)
        {
            using ScriptedGuest guest = new(seed);
            for (int step = 0; step < Steps && guest.Watch.Finding is null; step++) guest.Step(answers);
            guest.Watch.Finish();
            if (guest.Watch.Finding is { } finding) Assert.Fail(Report(finding, seed));
        }

        foreach ((string call, (int accepted, int refused)) in answers) output.WriteLine($"{call,-24} {accepted,7} accepted {refused,7} refused");
        Assert.All(answers.Values, a => Assert.True(a.Accepted > 0 && a.Refused > 0));
    }

    private static string Report(Finding finding, int seed)
    {
        using StringWriter text = new();
        FindingReport.Write(text, finding, $"seed {seed} of {nameof(RefinementTests)}", null);
        return text.ToString();
    }
}
