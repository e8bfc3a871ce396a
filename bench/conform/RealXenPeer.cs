using Bench;
using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.RealXen;
using Conformance.Scripts;
using Conformance.Simulation;
using Path = Conformance.Simulation.Path;

namespace ConformBench;

/// <summary>Real Xen in emulated machines, and our hypervisor on the same scripts.</summary>
/// <param name="Direct">ours, all compiled before</param>
/// <param name="Xen">the same requests in the emulators' processor time, boots included</param>
/// <param name="Boots">machines booted</param>
/// <param name="Different">scripts that come out otherwise on real Xen, which plays those twice more to say where</param>
internal sealed record RealXenPeer(Measurement Direct, Measurement Xen, int Boots, int Different)
{
    private const int Length = 30, Round = 1000;

    /// <summary>Requests per CPU-second of ours over real Xen's.</summary>
    public double Ratio => Direct.PerCpuSecond / Xen.PerCpuSecond;

    /// <exception cref="Conformance.Runs.BadInputException">real Xen is not there; the message says what is missing</exception>
    public static RealXenPeer Measure(int cases, ulong seed, int repeat)
    {
        StageShape shape = new();
        using XenTarget xen = new(XenTargetOptions.OfSourceTree());
        GeneratorOptions options = new(shape, Length) { ForRealXen = true };
        List<Script> scripts = [];
        (double cpu, int different) = (0, 0);
        for (int first = 0; first < cases; first += Round)
        {
            // As `conform --target xen` makes them.
            Script[] round = Ours.Scripts(options, first, Math.Min(Round, cases - first), seed);
            double before = ChildrenCpu.Seconds();
            different += xen.Run(round).Count(result => result.Failure is not null);
            cpu += ChildrenCpu.Seconds() - before;
            options = options with { Weights = Weights.Fed(xen.Fired) };
            scripts.AddRange(round);
        }

        using Simulator simulator = Ours.OnStage(shape, Path.Direct);
        Ours.Play(simulator, scripts);
        Measurement direct = Measurement.Median(Enumerable.Range(0, repeat).Select(_ => Ours.Play(simulator, scripts)));
        return new(direct, new(direct.Requests, cpu), xen.Boots, different);
    }
}
