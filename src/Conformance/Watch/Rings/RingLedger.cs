using System.Reflection;
using Implementation.Hypervisor;
using Model;
using Model.Rings;

namespace Conformance.Watch.Rings;

/// <summary>What the watch of ring protection has taken, compared and found.</summary>
internal sealed class RingLedger
{
    /// <summary>Steps of the model that are remembered, for the story of a finding.</summary>
    private const int Remembered = 64;

    /// <summary>Steps told in a story.</summary>
    private const int Told = 12;

    private readonly Remembrance[] _recent = new Remembrance[Remembered];
    private readonly List<Difference> _differences = [];
    private RingViolation? _violation;

    /// <summary>A step that was taken.</summary>
    private readonly record struct Remembrance(RingStep Step, ushort Domain, int Vcpu, ulong First, ulong Second);

    /// <summary>Steps taken so far.</summary>
    public ulong Steps { get; private set; }

    /// <summary>Values compared so far.</summary>
    public ulong Comparisons { get; set; }

    /// <summary>Instances of invariants evaluated so far.</summary>
    public ulong Checks { get; set; }

    /// <summary>Ways of vCPUs out of guest code so far.</summary>
    public ulong Trips { get; set; }

    /// <summary>Bounce frames compared word by word so far.</summary>
    public ulong Frames { get; set; }

    public bool HasFound => _differences.Count > 0 || _violation is not null;

    /// <summary>The steps that were taken since this was last emptied.</summary>
    public RingStepSet Taken { get; set; }

    public void Note(RingStep step, Vcpu vcpu, ulong first, ulong second)
    {
        Taken = Taken.With(step);
        _recent[Steps++ % Remembered] = new(step, vcpu.Domain.Id, vcpu.Id, first, second);
    }

    public void Differ(string what, string model, string implementation) => _differences.Add(new(what, model, implementation));

    public void Violated(RingViolation violation) => _violation ??= violation;

    /// <summary>What was found, in the words of a report.</summary>
    public Finding Find()
    {
        int told = (int)Math.Min(Steps, Told);
        IEnumerable<StoryStep> story =
            from back in Enumerable.Range(1, told).Reverse()
            let number = Steps - (ulong)back
            let r = _recent[number % Remembered]
            select new StoryStep(number + 1, $"d{r.Domain}v{r.Vcpu}", r.Step.ToString(), Arguments(r), null, null, [], []);
        return _violation is { } v
            ? new(true, v.Id, v.Says, v.Source, v.Witness, [.. _differences], [.. story], Steps - (ulong)told, [])
            : new(false, "R-1", "The hypervisor answers as the model does, and stays in step with it.", "spec/refinement.md", null, [.. _differences], [.. story], Steps - (ulong)told, []);
    }

    /// <summary>"TR-10": the clause that a step is of.</summary>
    public static string ClauseOf(RingStep step) =>
        typeof(WatchedRingSteps).GetMethod(step.ToString())!.GetCustomAttributes<ClauseAttribute>().First().Id;

    private static string Arguments(in Remembrance r) => (r.First, r.Second) switch
    {
        (0, 0) => "",
        (_, 0) => $"0x{r.First:x}",
        _ => $"0x{r.First:x} 0x{r.Second:x}",
    };
}

/// <summary>A broken invariant of ring protection.</summary>
internal sealed record RingViolation(string Id, string Says, string Source, string Witness);
