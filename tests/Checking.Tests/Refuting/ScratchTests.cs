using Checking.Memory;
using Checking.Refuting;
using Model.Faults;
namespace Checking.Tests.Refuting;
public sealed class ScratchTests
{
    public static TheoryData<string> Faults => Environment.GetEnvironmentVariable("FAULTS") is { } f ? [.. f.Split(' ')] : [.. Fault.All.Select(f => f.Id)];
    [Theory, MemberData(nameof(Faults))]
    public void Look(string fault)
    {
        var o = TestContext.Current.TestOutputHelper!;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var r = Refuter.Run(new() { Sizes = new(4, 2), Fault = fault == "none" ? null : fault, Timeout = TimeSpan.FromSeconds(200), Progress = d => o.WriteLine($"{clock.ElapsedMilliseconds} ms depth {d}"), Cancel = TestContext.Current.CancellationToken });
        o.WriteLine($"== {fault} {r.Attack?.Steps.Count} {r.Attack?.Property} complete {r.CompleteTo} {r.Unfinished} cpu {r.CpuSeconds} wall {clock.ElapsedMilliseconds} {r.Bounds}");
        if (r.Attack is { } a) { o.WriteLine(a.Witness); foreach (var s in a.Steps) { o.WriteLine(s.Request); foreach (var (b, n) in s.Before.Zip(s.After)) o.WriteLine($"      {b.Key}: {b.Value} -> {n.Value}"); } }
    }
}
