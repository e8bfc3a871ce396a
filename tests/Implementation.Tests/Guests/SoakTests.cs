using System.Text.RegularExpressions;
using Implementation.Domains;
using Implementation.Hypervisor;
using Implementation.Tests.Loader;

namespace Implementation.Tests.Guests;

/// <summary>Whatever a guest executes, the host process goes on: the guest crashes, stops, or runs until its limit.</summary>
[Collection(MemoryMeasuring.Alone)]
public partial class SoakTests(ITestOutputHelper output)
{
    /// <summary>So many domains, each with one page of random code at its entry point.</summary>
    [Theory]
    [InlineData(10_000, DomainKind.Pv64)]
    [InlineData(3_000, DomainKind.Pv32Pae)]
    public void Random_code_as_a_guest_never_harms_the_host(int pages, DomainKind kind)
    {
        int[] ends = new int[Enum.GetValues<StopReason>().Length];
        long before = 0;
        for (int seed = 0; seed < pages; seed++)
        {
            if (seed == pages / 5) before = MemoryInUse();
            ends[(int)RunPage(seed, kind).Reason]++;
        }

        long growth = MemoryInUse() - before;
        output.WriteLine($"crash {ends[(int)StopReason.Crash]}, limit {ends[(int)StopReason.Limit]}, "
            + $"shutdown {ends[(int)StopReason.Shutdown]}, blocked {ends[(int)StopReason.Blocked]}; {growth >> 10} KiB more in use");
        Assert.Equal(0, ends[(int)StopReason.Interrupt] + ends[(int)StopReason.Requested]);
        Assert.InRange(growth, long.MinValue, 32 << 20);
    }

    /// <summary>The guest of guests/soak over many seeds: random code, trap tables, descriptors and page tables.</summary>
    [Theory]
    [InlineData("soak")]
    [InlineData("soak32")]
    public void A_guest_of_random_code_never_harms_the_host(string guest)
    {
        byte[] image = GuestImages.Read($"{guest}/build/{guest}.elf");
        int rounds = 0;
        for (int seed = 0; seed < 15; seed++)
        {
            (_, string console) = GuestImages.Run(image, (ulong)seed, limit: 3_000_000, $"seed={seed}", pages: 1536);
            rounds += RoundReports().Matches(console).Select(m => int.Parse(m.Groups[1].ValueSpan, provider: null)).LastOrDefault();
        }

        output.WriteLine($"{rounds} rounds of random code");
        Assert.True(rounds > 1_000, $"only {rounds} rounds of random code");
    }

    private static RunResult RunPage(int seed, DomainKind kind)
    {
        byte[] code = RandomCode.Page(seed, kind);
        byte[] image = kind == DomainKind.Pv64
            ? TinyImage.Of(code)
            : new ElfWriter { Kind = kind, Entry = 0 }.Load(0, code, 4096).Note(5, "xen-3.0").Note(9, "yes").ToArray();
        using Xen xen = new(new() { MemoryFrames = 1200, Seed = (ulong)seed });
        Domain domain = DomainBuilder.Build(xen, new() { Image = image, MemoryPages = 1050 });
        return xen.Run(domain, new() { Instructions = 8_000 });
    }

    private static long MemoryInUse()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using System.Diagnostics.Process process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }

    [GeneratedRegex(@"(\d+) rounds")]
    private static partial Regex RoundReports();
}
