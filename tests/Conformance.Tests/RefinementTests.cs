using Conformance.Reports;
using Conformance.Watch;
using Implementation.Hypervisor;

namespace Conformance.Tests;

/// <summary>Whatever a guest asks of memory, in whatever order, hypervisor and model answer alike and stay in step.</summary>
public class RefinementTests(ITestOutputHelper output)
{
    private const int Steps = 400;

    [Theory, Model.Clause("R-1"), Model.Clause("PT-25")]
    [InlineData(false, 600)]
    [InlineData(true, 200)]
    public void Every_script_refines_the_model(bool is32Bit, int scripts)
    {
        SortedDictionary<string, (int Accepted, int Refused)> answers = [];
        for (int seed = 0; seed < scripts; seed++)
        {
            using ScriptedGuest guest = new(seed, is32Bit);
            for (int step = 0; step < Steps && guest.Watch.Finding is null; step++) guest.Step(answers);
            guest.Watch.Finish();
            if (guest.Watch.Finding is { } finding) Assert.Fail(Report(finding, seed));
        }

        foreach ((string call, (int accepted, int refused)) in answers) output.WriteLine($"{call,-24} {accepted,7} accepted {refused,7} refused");
        Assert.All(answers, a => Assert.True((a.Value.Accepted > 0 || (is32Bit && a.Key == "NEW_USER_BASEPTR")) && (a.Value.Refused > 0 || (is32Bit && a.Key == "PIN_L4")), a.Key));
    }

    private static string Report(Finding finding, int seed)
    {
        using StringWriter text = new();
        FindingReport.Write(text, finding, $"seed {seed} of {nameof(RefinementTests)}", null);
        return text.ToString();
    }
}
