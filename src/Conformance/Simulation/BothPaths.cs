using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;
using Model.Rings;

namespace Conformance.Simulation;

/// <summary>Plays every script by the direct path, and every sixteenth as executed guest code too, where it must come out alike; those of 32-bit domains as guest code only.</summary>
/// <remarks>Shrinking plays on targets of its own, so what is counted here is a campaign's cases only.</remarks>
[Clause("CA-10")]
public sealed class BothPaths : ITarget
{
    /// <summary>One script in so many is played by both paths.</summary>
    public const int Every = 16;

    private const string Alike = "Guest code and direct calls come out alike.";

    private readonly Simulator? _direct;
    private readonly Simulator _executed;
    private int _scripts;

    /// <summary>Sets both stages.</summary>
    public BothPaths(StageShape shape, string? fault = null)
    {
        if (shape.Kind == DomainKind.Pv64) _direct = new(shape, new() { Fault = fault });
        _executed = new(shape, new() { Fault = fault, Path = Path.Executed });
        _direct?.SetStage();
        _executed.SetStage();
    }

    public string Name => _executed.Name;

    /// <summary>The guards of the model that fired so far.</summary>
    public GuardSet Fired => (_direct ?? _executed).Fired;

    /// <summary>The steps of ring protection that were taken so far.</summary>
    public RingStepSet RingsTaken => _executed.RingsTaken;

    /// <summary>
    /// What was carried out directly, and the processor time that it took. To it belong bringing the stage back to where it was before each
    /// script, comparison, and the compilation of all that; but not setting the stage, once.
    /// </summary>
    public PathCost Direct { get; private set; }

    /// <summary>The same of what was carried out by executed code.</summary>
    public PathCost Executed { get; private set; }

    public IEnumerable<CaseResult> Run(IEnumerable<Script> scripts)
    {
        foreach (Script script in scripts) yield return Play(script);
    }

    public void Dispose()
    {
        _direct?.Dispose();
        _executed.Dispose();
    }

    private CaseResult Play(Script script)
    {
        PathCost cost;
        if (_direct is null)
        {
            CaseResult only = Timed(_executed, script, out cost);
            Executed += cost;
            return only;
        }

        CaseResult result = Timed(_direct, script, out cost);
        Direct += cost;
        if (_scripts++ % Every != 0 || result.Failure is not null) return result;

        CaseResult executed = Timed(_executed, script, out cost);
        Executed += cost;
        return executed.Failure is not null ? executed : Compared(result, executed);
    }

    private static CaseResult Compared(CaseResult direct, CaseResult executed)
    {
        for (int i = 0; i < direct.Steps.Count; i++)
        {
            if (direct.Steps[i] == executed.Steps[i] || direct.Script.Acts[i].Operation is Operation.Instruction) continue;
            // CA-6.e
            Failure failure = new(FailureClass.Unspecified, i, "R-1", Alike, $"called directly: {direct.Steps[i]}", $"executed: {executed.Steps[i]}");
            return executed with { Failure = failure };
        }

        return direct;
    }

    private static CaseResult Timed(Simulator simulator, Script script, out PathCost cost)
    {
        (ulong requests, TimeSpan cpu) = (simulator.Requests, Environment.CpuUsage.TotalTime);
        CaseResult result = simulator.Run(script);
        cost = new(simulator.Requests - requests, Environment.CpuUsage.TotalTime - cpu);
        return result;
    }
}

/// <summary>Requests carried out, and what they cost.</summary>
public readonly record struct PathCost(ulong Requests, TimeSpan Cpu)
{
    /// <summary>Requests in a second of processor time; 0 if there were none.</summary>
    public double PerCpuSecond => Cpu > TimeSpan.Zero ? Requests / Cpu.TotalSeconds : 0;

    public static PathCost operator +(PathCost a, PathCost b) => new(a.Requests + b.Requests, a.Cpu + b.Cpu);
}
