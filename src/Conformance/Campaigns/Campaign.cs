using Conformance.Generation;
using Conformance.Runs;
using Conformance.Scripts;
using Model;

namespace Conformance.Campaigns;

/// <summary>Plays scripts made from a seed on a target, and brings every failure down to its shortest script.</summary>
public sealed class Campaign
{
    private readonly CampaignOptions _options;
    private readonly List<FailureGroup> _groups = [];
    private int _played;

    private Campaign(CampaignOptions options) => _options = options;

    private bool IsOver => _options.Cancel.IsCancellationRequested || (_groups.Count > 0 && !_options.KeepGoing);

    /// <param name="progress">told how many cases were played</param>
    /// <exception cref="InternalErrorException">a failure does not repeat on a fresh target</exception>
    public static CampaignOutcome Run(CampaignOptions options, ITarget target, IProgress<int>? progress = null)
    {
        Campaign campaign = new(options);
        foreach (Script kept in options.Kept)
        {
            using ITarget alike = options.Fresh(kept.Shape);
            campaign.Play(alike, [kept], progress);
        }

        GeneratorOptions generator = options.Generator;
        for (int first = 0; first < options.Cases && !campaign.IsOver; first += options.Round)
        {
            GeneratorOptions used = generator;
            campaign.Play(target, Enumerable.Range(first, Math.Min(options.Round, options.Cases - first)).Select(i => ScriptGenerator.Make(used, SeedOf(options.Seed, i))), progress);
            if (options.Fired is { } fired) generator = generator with { Weights = Weights.Fed(fired(), options.RingsTaken?.Invoke(), generator.Shape.Space.IsNarrow) };
        }

        return new(campaign._played, campaign._groups);
    }

    /// <summary>The seed of a case: the campaign's and the case's number through the finalizer of SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    [Clause("CA-9")]
    public static ulong SeedOf(ulong campaign, int number)
    {
        ulong z = campaign + (((ulong)number + 1) * 0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return z ^ (z >> 31);
    }

    private void Play(ITarget target, IEnumerable<Script> scripts, IProgress<int>? progress)
    {
        if (IsOver) return;
        try
        {
            foreach (CaseResult result in target.Run(scripts))
            {
                _played++;
                progress?.Report(_played);
                if (result.Failure is not null) Add(Confirmed(result));
                if (IsOver) return;
            }
        }
        catch (OperationCanceledException) when (IsOver)
        {
            // A target that is stopped in the middle of a batch tells no more; what it told before stands.
        }
    }

    [Clause("CA-7")]
    private CaseResult Confirmed(CaseResult failing)
    {
        try
        {
            return Repeated(new Shortening(_options.Fresh, _options.Shrinking).Shorten(failing));
        }
        catch (OperationCanceledException) when (_options.Cancel.IsCancellationRequested)
        {
            return failing;
        }
    }

    private CaseResult Repeated(CaseResult minimal)
    {
        using ITarget fresh = _options.Fresh(minimal.Script.Shape);
        CaseResult again = fresh.Run([minimal.Script]).Single();
        return again.Failure == minimal.Failure
            ? again
            : throw new InternalErrorException(
                $"a failure of {fresh.Name} does not repeat",
                new InvalidOperationException($"{minimal.Failure} came to {again.Failure?.ToString() ?? "none"}"));
    }

    private void Add(CaseResult minimal)
    {
        int known = _groups.FindIndex(g => g.Minimal.Script.Equals(minimal.Script));
        if (known < 0) _groups.Add(new(minimal, 1) { IsCutShort = _options.Shrinking.Cancel.IsCancellationRequested });
        else _groups[known] = _groups[known] with { Cases = _groups[known].Cases + 1 };
    }
}
