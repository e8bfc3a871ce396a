using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Simulation;

/// <summary>One script being played on a stage.</summary>
/// <remarks>
/// An act that pauses (<see cref="Act.PausesAt"/>) stops at its n-th chance to be interrupted, counted over the whole act from 0, if the
/// act that is next in the script is of a vCPU that is not in the middle of an act itself. That act then has its turn, and it may
/// pause too; the first goes on when it is over. Where an act has no such chance, or no such act follows, it runs to its end.
/// </remarks>
[Clause("CA-8")]
internal sealed class Performance(Script script, SimulatedStage stage, IActPath path, IPlay? play)
{
    private readonly StageView _view = new(stage);
    private readonly ActRules _rules = new(stage);
    private readonly StepResult?[] _steps = new StepResult?[script.Acts.Count];
    private readonly List<Vcpu> _busy = [];
    private int _next;
    private Failure? _failure;

    private PageTables Tables => stage.Xen.PageTables;

    /// <summary>Plays the script to its end, or to the first difference.</summary>
    /// <exception cref="InternalErrorException">model or watch failed, which no script excuses</exception>
    public CaseResult Run()
    {
        play?.Began(_view);
        while (_next < script.Acts.Count && _failure is null) PlayNext();
        return new(script, Taken(), _failure);
    }

    /// <summary>The results of the steps that were taken, in the order of their acts.</summary>
    private List<StepResult> Taken()
    {
        List<StepResult> taken = new(_steps.Length);
        foreach (StepResult? step in _steps)
        {
            if (step is { } result) taken.Add(result);
        }

        return taken;
    }

    private void PlayNext()
    {
        int step = _next++;
        Act act = script.Acts[step];
        Vcpu vcpu = stage.VcpuOf(act);
        (Func<bool>? preempt, Action? paused) = (Tables.Preempt, Tables.Paused);
        Arrange(step, act);
        _busy.Add(vcpu);
        StepResult result = Carry(step, act, vcpu);
        _busy.Remove(vcpu);
        (Tables.Preempt, Tables.Paused) = (preempt, paused);
        _steps[step] = result;
        play?.Stepped(step, result, _view);
    }

    /// <summary>Has an act stop where it says.</summary>
    private void Arrange(int step, Act act)
    {
        (Tables.Preempt, Tables.Paused) = (null, null);
        if (act.PausesAt is not { } at) return;

        int chance = 0;
        Tables.Preempt = () => chance++ == at && IsAnotherNext();
        Tables.Paused = () => LetIn(step);
    }

    private bool IsAnotherNext() => _next < script.Acts.Count && _failure is null && !_busy.Contains(stage.VcpuOf(script.Acts[_next]));

    /// <summary>The act that is next has its turn in the middle of one that is interrupted.</summary>
    private void LetIn(int interrupted)
    {
        Judge(interrupted);
        if (_failure is null) PlayNext();
    }

    private StepResult Carry(int step, Act act, Vcpu vcpu)
    {
        StepResult result = new(StepKind.LeftOut, 0);
        try
        {
            if (_rules.IsCarriedOut(vcpu, act)) result = path.Execute(vcpu, act);
        }
        catch (Exception e) when (stage.WatchFailure is null && e is not InternalErrorException)
        {
            _failure ??= Verdicts.OfCrash(step, e);
            return new(StepKind.Crashed, 0);
        }

        Judge(step);
        return result;
    }

    [Clause("CA-5")]
    private void Judge(int step)
    {
        if (stage.WatchFailure is { } cause)
            throw new InternalErrorException($"the watch failed at act {step} of this script: {cause.Message}\n{script}", cause);
        if (stage.Watch.Finding is { } finding) _failure ??= Verdicts.Of(step, finding, stage.Watch, _view);
    }
}
