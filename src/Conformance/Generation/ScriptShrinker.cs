using Conformance.Campaigns;
using Conformance.Scripts;
using Model;

namespace Conformance.Generation;

/// <summary>Finds a simple script that fails as another does, by making that one smaller step by step.</summary>
/// <remarks>
/// Alike fails what has the same class and, unless the class is <see cref="FailureClass.Laxer"/>, the same claim; and a part of the script that is a hole
/// by itself. Each pass offers scripts that are simpler (<see cref="ScriptOrder"/>) in a fixed order, and takes the first that fails alike, until
/// no pass finds any. At the end every act has given way to the first of <see cref="SimpleActs"/> that will do in its place. Where this ends can
/// still depend on where it began; <see cref="LeastHole"/> does not.
/// </remarks>
[Clause("CA-7")]
public static class ScriptShrinker
{
    public static CaseResult Shrink(CaseResult failing, ITarget target, ShrinkOptions? options = null)
    {
        if (failing.Failure is not { } failure) throw new ArgumentException("a script that does not fail cannot be shrunk", nameof(failing));
        Search search = new(target, options ?? new(), failing, failure.Class, failure.Claim);
        search.Run();
        return search.Best;
    }

    /// <summary>Smaller scripts, from the boldest to the most timid, whether they fail or not.</summary>
    public static IEnumerable<Script> Smaller(Script script) =>
        Reductions.Chunks(script)
            .Concat(Reductions.Parts(script))
            .Concat(Reductions.Actors(script))
            .Concat(Reductions.Renamings(script))
            .Concat(Reductions.Operands(script))
            .Where(s => ScriptOrder.Compare(s, script) < 0);

    private sealed class Search(ITarget target, ShrinkOptions options, CaseResult failing, FailureClass kind, string claim)
    {
        private FailureClass _kind = kind;
        private int _played;

        public CaseResult Best { get; private set; } = failing;

        public void Run()
        {
            Exhaust(s => [Cut(s)], isPart: true);
            int lengthBefore;
            do
            {
                lengthBefore = Best.Script.Acts.Count;
                Exhaust(Reductions.Chunks, isPart: true);
                Exhaust(Reductions.Parts, isPart: true);
                Exhaust(Reductions.Chunks, isPart: true);
            }
            while (Best.Script.Acts.Count < lengthBefore);

            Exhaust(Reductions.Actors);
            Exhaust(Reductions.Slots);
            Exhaust(Reductions.Chunks);
            Exhaust(Exchanges);
            Exhaust(Reductions.Operands);
            Normalise();
            Exhaust(Exchanges);
            Exhaust(Reductions.Renamings);
            Exhaust(Reductions.Operands);
            Normalise();
        }

        private Script Cut(Script script) => script with { Acts = [.. script.Acts.Take(Best.Failure!.Step + 1)] };

        /// <summary>One act dropped while another gives way to a simple one.</summary>
        private static IEnumerable<Script> Exchanges(Script script)
        {
            if (script.Acts.Count > 6) yield break;
            for (int dropped = script.Acts.Count - 1; dropped >= 0; dropped--)
            {
                Script rest = Reductions.Without(script, dropped, 1);
                for (int i = 0; i < rest.Acts.Count; i++)
                {
                    foreach (Act act in SimpleActs.Of(script.Shape.Kind).All) yield return Reductions.With(rest, i, act);
                }
            }
        }

        /// <summary>Each act gives way to the first simple one before it in their order, until none does.</summary>
        private void Normalise()
        {
            bool isChanged = true;
            while (isChanged)
            {
                isChanged = false;
                for (int i = 0; i < Best.Script.Acts.Count; i++)
                {
                    Script script = Best.Script;
                    int at = i;
                    isChanged |= TakeFirst(SimpleActs.Of(script.Shape.Kind).All.TakeWhile(a => a != script.Acts[at]).Select(a => Reductions.With(script, at, a)));
                }
            }
        }

        /// <param name="isPart">the pass offers parts of the script, and nothing new</param>
        private void Exhaust(Func<Script, IEnumerable<Script>> pass, bool isPart = false)
        {
            while (TakeFirst(pass(Best.Script), isPart))
            {
            }
        }

        /// <summary>Plays candidates in rounds; takes the first that fails alike.</summary>
        private bool TakeFirst(IEnumerable<Script> candidates, bool isPart = false)
        {
            Script present = Best.Script;
            foreach (Script[] round in candidates.Where(c => c.Acts.Count > 0 && ScriptOrder.Compare(c, present) < 0).Chunk(options.Round))
            {
                if (IsOver) return false;
                foreach (CaseResult result in target.Run(round))
                {
                    if (IsOver) return false;
                    _played++;
                    if (result.Failure is not { } other || !IsAlike(other, isPart)) continue;
                    _kind = other.Class;
                    Best = other.Step + 1 < result.Script.Acts.Count
                        ? result with { Script = result.Script with { Acts = [.. result.Script.Acts.Take(other.Step + 1)] } }
                        : result;
                    return true;
                }
            }

            return false;
        }

        private bool IsOver => _played >= options.MostCases || options.Cancel.IsCancellationRequested;

        private bool IsAlike(Failure other, bool isPart) => other.Class == FailureClass.Laxer
            ? isPart || _kind == FailureClass.Laxer
            : other.Class == _kind && other.Claim == claim;
    }
}
