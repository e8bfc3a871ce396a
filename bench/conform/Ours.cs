using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.Scripts;
using Conformance.Simulation;
using Path = Conformance.Simulation.Path;

namespace ConformBench;

/// <summary>Our hypervisor beside the model.</summary>
internal static class Ours
{
    /// <summary>Scripts as a campaign makes them, made before anything is measured.</summary>
    public static Script[] Scripts(GeneratorOptions options, int first, int cases, ulong seed) =>
        [.. Enumerable.Range(first, cases).Select(i => ScriptGenerator.Make(options, Campaign.SeedOf(seed, i)))];

    /// <summary>Plays scripts on a stage that was set before.</summary>
    /// <exception cref="InvalidOperationException">a script fails, so that nothing is left to measure</exception>
    public static Measurement Play(Simulator simulator, IReadOnlyList<Script> scripts)
    {
        (ulong requests, TimeSpan cpu) = (simulator.Requests, Environment.CpuUsage.TotalTime);
        foreach (Script script in scripts)
        {
            if (simulator.Run(script).Failure is { } failure) throw new InvalidOperationException($"a script fails: {failure.Claim} {failure.Says}");
        }

        return new(simulator.Requests - requests, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    public static Simulator OnStage(StageShape shape, Path path)
    {
        Simulator simulator = new(shape, new() { Path = path });
        simulator.SetStage();
        return simulator;
    }
}
