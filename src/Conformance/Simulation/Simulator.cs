using System.Diagnostics.CodeAnalysis;
using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation.Lowering;
using Implementation.Hypervisor;
using Implementation.Snapshots;
using Model;
using Model.Rings;

namespace Conformance.Simulation;

/// <summary>Plays scripts on our hypervisor beside the model, which watches every request.</summary>
/// <remarks>Not for several threads. The same script gives the same result, whatever was played before.</remarks>
/// <param name="shape">of every script that is played here</param>
public sealed class Simulator(StageShape shape, SimulatorOptions? options = null) : ITarget
{
    private readonly SimulatorOptions _options = Possible(shape, options ?? new());
    private SimulatedStage? _stage;
    private Programs? _programs;
    private Snapshot? _fresh;

    public string Name => "simulator";

    /// <summary>Hypercalls, members of multicalls, accesses and instructions carried out so far.</summary>
    public ulong Requests { get; private set; }

    /// <summary>The guards of the model that fired since <see cref="ClearFired"/>, whatever was played.</summary>
    public GuardSet Fired { get; private set; }

    /// <summary>The steps of ring protection that were taken since then; none on the direct path, on which no vCPU leaves guest code.</summary>
    public RingStepSet RingsTaken { get; private set; }

    /// <summary>From here on no guard has fired.</summary>
    public void ClearFired() => (Fired, RingsTaken) = (default, default);

    public IEnumerable<CaseResult> Run(IEnumerable<Script> scripts) => scripts.Select(script => Run(script));

    /// <summary>Plays a script on a fresh stage.</summary>
    /// <param name="play">looks on</param>
    /// <exception cref="ArgumentException">the script is for a stage of another shape</exception>
    /// <exception cref="InternalErrorException">model or watch failed, which no script excuses</exception>
    public CaseResult Run(Script script, IPlay? play = null)
    {
        if (script.Shape != shape) throw new ArgumentException($"a script for {script.Shape} on a stage of {shape}", nameof(script));
        SimulatedStage stage = FreshStage();
        IActPath path = _options.Path == Path.Executed ? new ExecutedPath(stage, _programs, script) : new DirectPath(stage, _programs);
        stage.Model.ClearFired();
        stage.Watch.RingsTaken = default;
        CaseResult result = new Performance(script, stage, path, play).Run();
        Fired |= stage.Model.Fired;
        RingsTaken |= stage.Watch.RingsTaken;
        Requests += path.Requests;
        return result;
    }

    public void Dispose() => _stage?.Dispose();

    /// <summary>Sets the stage, which is otherwise done for the first script: boots the machine, builds its domains, installs their programs.</summary>
    [MemberNotNull(nameof(_stage), nameof(_programs), nameof(_fresh))]
    public void SetStage()
    {
        if (_stage is not null && _programs is not null && _fresh is not null) return;

        _stage = new(shape, _options);
        _programs = new(_stage.Layout, _stage.Xen.Domains);
        _fresh = Snapshot.Of(_stage);
    }

    /// <summary>32-bit domains play by guest code only.</summary>
    private static SimulatorOptions Possible(StageShape shape, SimulatorOptions options) =>
        shape.Kind == DomainKind.Pv32Pae ? options with { Path = Path.Executed } : options;

    /// <summary>The stage as it was when it had just been set.</summary>
    [MemberNotNull(nameof(_programs))]
    internal SimulatedStage FreshStage()
    {
        SetStage();
        _fresh.Restore();
        return _stage;
    }
}
