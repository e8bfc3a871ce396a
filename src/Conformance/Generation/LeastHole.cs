using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Generation;

/// <summary>The least script of simple acts that shows a hole, by playing them all in their order.</summary>
/// <remarks>
/// A hole shows where the target carries out what the model refuses, or where a guest can write a page table (I-TEXCL). Any other broken invariant serves that
/// one: it is where the target has gone astray, and what a guest gains by it comes later. So it counts as one request more: a script that
/// shows the hole itself goes before one that does not and is a request shorter. What comes out depends on the target only, not on the
/// script that failed.
/// An act that is refused changes nothing, so no script that is the least has one before its end.
/// </remarks>
[Clause("CA-7")]
public static class LeastHole
{
    private const string TypeExclusivity = "I-TEXCL";

    /// <summary>Requests of the longest scripts that are tried. Up to two, all simple acts are; beyond, those of the core.</summary>
    private const int Longest = 3, LongestOfAll = 2;

    /// <param name="target">for stages of one domain with one vCPU</param>
    /// <param name="kind">of that domain</param>
    /// <param name="most">what the script may cost at most</param>
    /// <returns>null: there is none, or none was found before the options' bounds were met</returns>
    public static CaseResult? Find(ITarget target, DomainKind kind, int most, ShrinkOptions options)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MostEnumerated == 0) return null;
        SimpleActs simple = SimpleActs.Of(kind);
        StageShape shape = new(Kind: kind);
        CaseResult? astray = null;
        List<Act[]> beginnings = [[]];
        int played = 0;
        for (int requests = 1; requests <= Math.Min(most, Longest); requests++)
        {
            IReadOnlyList<Act> acts = requests > LongestOfAll ? simple.Core : simple.All;
            IEnumerable<Script> scripts = beginnings.Where(b => b.All(a => simple.RankOf(a) < acts.Count)).SelectMany(b => acts.Select(a => new Script(shape, [.. b, a])));
            CaseResult? firstAstray = null;
            List<Act[]> next = [];
            foreach (CaseResult result in target.Run(scripts))
            {
                if (options.Cancel.IsCancellationRequested || played++ >= options.MostEnumerated) return null;
                if (result.Failure is not { Class: FailureClass.Laxer } failure)
                {
                    if (result.Failure is null && !IsRefused(result.Steps[^1])) next.Add([.. result.Script.Acts]);
                    continue;
                }

                if (Shows(failure)) return result;
                firstAstray ??= result;
            }

            if (astray is not null) return astray;
            astray = requests < most ? firstAstray : null;
            beginnings = next;
        }

        return astray;
    }

    /// <summary>What a script that shows a hole costs: its requests, and one more if it does not show the hole itself.</summary>
    public static int Cost(CaseResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return ScriptOrder.Requests(result.Script) + (result.Failure is { } failure && Shows(failure) ? 0 : 1);
    }

    private static bool Shows(Failure failure) => failure.IsGranted || failure.Claim == TypeExclusivity;

    private static bool IsRefused(StepResult result) =>
        result.Kind is StepKind.LeftOut or StepKind.Trapped or StepKind.Crashed || (result.Kind == StepKind.Answered && result.Value < 0);
}
