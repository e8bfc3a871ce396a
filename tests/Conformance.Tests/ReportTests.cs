using Conformance.Reports;
using Conformance.Watch;

namespace Conformance.Tests;

public class ReportTests
{
    [Fact]
    public void A_violation_reads_as_expected() => Golden.Check("violation.txt", Written(Samples.Violation, "out/I-TEXCL.itf.json"));

    [Fact]
    public void A_divergence_reads_as_expected() => Golden.Check("divergence.txt", Written(Samples.Divergence, null));

    private static string Written(Finding finding, string? trace)
    {
        using StringWriter text = new() { NewLine = "\n" };
        FindingReport.Write(text, finding, "./ringfence run guest.elf --seed 5", trace);
        return text.ToString();
    }
}
