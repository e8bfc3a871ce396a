using Conformance.Watch;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Conformance.Tests;

/// <summary>Random code with random trap tables, descriptors and page tables; bench/soak runs much more of it.</summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const ulong Limit = 3_000_000, Pages = 1536;

    [Theory]
    [InlineData("soak")]
    [InlineData("soak32")]
    public void Whatever_random_code_does_no_invariant_breaks(string guest)
    {
        byte[] image = File.ReadAllBytes(Guests.Image(guest));
        ulong instructions = 0, hypercalls = 0, fills = 0;
        for (ulong seed = 0; seed < 12; seed++)
        {
            ModelWatch watch = new();
            using Xen xen = new(new() { MemoryFrames = 2 * Pages, Seed = seed }, watch);
            Domain domain = DomainBuilder.Build(xen, new() { Image = image, MemoryPages = Pages, CommandLine = $"seed={seed}" });
            instructions += xen.Run(domain, new() { Instructions = Limit }).Instructions;
            watch.Finish();

            Assert.True(watch.Finding is null, $"seed {seed}: {watch.Finding}");
            hypercalls += watch.Counts.Hypercalls;
            fills += watch.Counts.TranslationsCached;
        }

        output.WriteLine($"{instructions:N0} instructions, {hypercalls:N0} hypercalls, {fills:N0} TLB fills");
        Assert.True(instructions > 10_000_000 && hypercalls > 10_000 && fills > 10_000);
    }
}
