using System.Globalization;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation;
using ConformBench;
using Path = Conformance.Simulation.Path;

if (Options.Parse(args) is not { } options)
{
    Console.Error.WriteLine(Options.Usage);
    return 1;
}

try
{
    bool isFast = OnSimulator(options), isAlike = options.XenCases == 0 || OnXen(options);
    return !isAlike ? 14 : isFast || !options.Check ? 0 : 12;
}
catch (Exception e) when (e is InvalidOperationException or BadInputException or InternalErrorException)
{
    Console.Error.WriteLine($"bench conform: {e.Message}");
    return 3;
}

// Returns whether both targets are met.
static bool OnSimulator(Options options)
{
    const double directTarget = 200_000, executedTarget = 20_000;

    StageShape shape = new(2, 2);
    Script[] scripts = Ours.Scripts(new(shape), 0, options.Cases, options.Seed);
    Console.WriteLine("path                              requests     CPU s   requests/CPU-s");
    (double direct, double executed) = (Row(Path.Direct, directTarget), Row(Path.Executed, executedTarget));
    return direct >= directTarget && executed >= executedTarget;

    double Row(Path path, double target)
    {
        using Simulator simulator = Ours.OnStage(shape, path);
        Measurement first = Ours.Play(simulator, scripts);
        Measurement later = Measurement.Median(Enumerable.Range(0, options.Repeat).Select(_ => Ours.Play(simulator, scripts)));
        Write($"{path}, compilation included", first);
        Write($"{path}, compiled before", later);
        Print($"    target {target:N0} with compilation: {(first.PerCpuSecond >= target ? "met" : "MISSED")}");
        return first.PerCpuSecond;
    }
}

// Returns whether both agree on every script.
static bool OnXen(Options options)
{
    RealXenPeer peer = RealXenPeer.Measure(options.XenCases, options.Seed, options.Repeat);
    Write("Direct, scripts for real Xen", peer.Direct);
    Write($"real Xen, {peer.Boots} boots", peer.Xen);
    Print($"    ratio to real Xen {peer.Ratio:0.0}; {peer.Different} of {options.XenCases:N0} scripts differ");
    return peer.Different == 0;
}

static void Write(string name, Measurement m) => Print($"{name,-30}  {m.Requests,10:N0}  {m.CpuSeconds,8:0.00}  {m.PerCpuSecond,15:N0}");

static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
