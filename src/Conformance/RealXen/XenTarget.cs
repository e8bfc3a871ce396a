using System.Runtime.ExceptionServices;
using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.RealXen;

/// <summary>Plays scripts on real Xen 4.17 in an emulated machine, where our guest is the first domain.</summary>
/// <remarks>docs/real-xen.md. Scripts are for a stage of one domain with one vCPU.</remarks>
public sealed class XenTarget : ITarget
{
    private static readonly StageShape Shape = new();

    private readonly XenTargetOptions _options;
    private readonly Simulator _simulator = new(Shape, new() { PageTables = xen => new XenTables(xen) });
    private readonly BatchPlayer _qemu, _bochs;

    /// <exception cref="BadInputException">a package or the guest is missing; the message says which, and how to get it</exception>
    public XenTarget(XenTargetOptions options)
    {
        if (Missing is { } missing) throw new BadInputException("xen", missing);
        if (!File.Exists(options.Guest)) throw new BadInputException(options.Guest, "the guest is not built; ./ringfence setup --with xen builds it");
        _options = options;
        string xen = XenFiles.Xen(options.Cache);
        _qemu = new(new Qemu(xen), options.Guest, options.Cancel);
        _bochs = new(new Bochs(xen), options.Guest, options.Cancel);
    }

    /// <summary>What real Xen lacks here, in one sentence; null if nothing.</summary>
    public static string? Missing => XenFiles.Missing;

    public string Name => "xen 4.17";

    /// <summary>Hypercalls, accesses and instructions that real Xen has carried out and that were compared, so far.</summary>
    public ulong Requests { get; private set; }

    /// <summary>The guards of the model that fired so far.</summary>
    public GuardSet Fired => _simulator.Fired;

    /// <summary>How often a machine was booted so far.</summary>
    public int Boots => _qemu.Boots + _bochs.Boots;

    /// <exception cref="ArgumentException">a script is for another stage</exception>
    /// <exception cref="InternalErrorException">Xen does not come up</exception>
    public IEnumerable<CaseResult> Run(IEnumerable<Script> scripts)
    {
        foreach (Script[] batch in scripts.Chunk(_options.BatchSize))
        {
            foreach (CaseResult result in RunBatch(batch)) yield return result;
        }
    }

    public void Dispose() => _simulator.Dispose();

    /// <summary>Explanations are asked for as results are: of one that differs first, then of ever more at a time.</summary>
    private IEnumerable<CaseResult> RunBatch(Script[] scripts)
    {
        ScriptPlan[] plans = [.. scripts.Select(s => Planner.Plan(s, _simulator))];
        Requests += (ulong)plans.Sum(p => (long)p.Acts.Count);
        Played[] played = Play(plans, verbose: false);
        Queue<int> different = new(Enumerable.Range(0, plans.Length).Where(i => plans[i].Failure is null && !Agrees(plans[i], played[i])));
        Dictionary<int, Failure?> failures = [];
        for (int i = 0, atOnce = 1; i < plans.Length; i++)
        {
            if (different.TryPeek(out int next) && next == i)
            {
                int[] group = [.. Enumerable.Range(0, Math.Min(atOnce, different.Count)).Select(_ => different.Dequeue())];
                Failure?[] explained = Explain([.. group.Select(d => plans[d])]);
                for (int k = 0; k < group.Length; k++) failures[group[k]] = explained[k];
                atOnce *= 4;
            }

            yield return Conclude(plans[i], failures.GetValueOrDefault(i) ?? plans[i].Failure);
        }
    }

    private static CaseResult Conclude(ScriptPlan plan, Failure? failure) =>
        new(plan.Script, failure is { } f ? [.. plan.Steps.Take(f.Step + 1)] : plan.Steps, failure);

    /// <summary>Each on the emulator that is right for it, both at the same time.</summary>
    private Played[] Play(ScriptPlan[] plans, bool verbose)
    {
        Played[] played = new Played[plans.Length];
        try
        {
            Parallel.Invoke(() => PlayOn(_qemu, isBochs: false), () => PlayOn(_bochs, isBochs: true));
        }
        catch (AggregateException either)
        {
            ExceptionDispatchInfo.Throw(either.InnerExceptions[0]); // An interruption, or what is wrong with the machine, is told as what it is.
        }

        return played;

        void PlayOn(BatchPlayer player, bool isBochs)
        {
            int[] mine = [.. Enumerable.Range(0, plans.Length).Where(i => plans[i].NeedsBochs == isBochs)];
            if (mine.Length == 0) return;
            Played[] results = player.Play([.. mine.Select(i => plans[i])], verbose);
            for (int i = 0; i < mine.Length; i++) played[mine[i]] = results[i];
        }
    }

    private static bool Agrees(ScriptPlan plan, Played played) =>
        plan.ExpectsCrash ? played.End == BootEnd.GuestEnded : played.Hash == plan.Hash;

    /// <summary>
    /// Plays once more what differed, with every word told. Where all answers were right, every beginning of the script is played too, to see
    /// where the difference begins.
    /// </summary>
    private Failure?[] Explain(ScriptPlan[] plans)
    {
        Played[] told = Play(plans, verbose: true);
        (int Plan, ScriptPlan Beginning)[] beginnings =
        [
            .. plans.SelectMany((plan, i) => !XenVerdict.IsOfStateOnly(plan, told[i]) ? [] : Planner.PlanBeginnings(plan.Script, _simulator).Where(b => b.Acts.Count > 0).Select(b => (i, b))),
        ];
        Played[] begun = Play([.. beginnings.Select(b => b.Beginning)], verbose: false);
        Failure?[] failures = new Failure?[plans.Length];
        for (int i = 0; i < plans.Length; i++)
        {
            int first = Enumerable.Range(0, beginnings.Length).FirstOrDefault(b => beginnings[b].Plan == i && !Agrees(beginnings[b].Beginning, begun[b]), -1);
            int? step = first < 0 ? null : beginnings[first].Beginning.Acts[^1].Step;
            failures[i] = XenVerdict.Of(plans[i], told[i], step);
        }

        return failures;
    }
}
