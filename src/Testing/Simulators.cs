using System.Collections.Concurrent;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;

namespace Testing;

/// <summary>Simulators of each kind, kept because building a machine takes longer than a script. Each serves one thread at a time.</summary>
internal static class Simulators
{
    private static readonly ConcurrentDictionary<(StageShape, SimulatorOptions), ConcurrentBag<Simulator>> Idle = new();

    /// <summary>Plays a script on one that is idle, or on a new one. One that throws is not used again.</summary>
    public static CaseResult Run(Script script, IPlay? play, SimulatorOptions options)
    {
        ConcurrentBag<Simulator> idle = Idle.GetOrAdd((script.Shape, options), _ => []);
        if (!idle.TryTake(out Simulator? simulator)) simulator = new(script.Shape, options);
        bool isSound = false;
        try
        {
            CaseResult result = simulator.Run(script, play);
            isSound = true;
            return result;
        }
        finally
        {
            if (isSound) idle.Add(simulator);
            else simulator.Dispose();
        }
    }
}
