using Conformance.Campaigns;
using Conformance.Generation;
using Conformance.Scripts;
using Conformance.Simulation;

namespace Conformance.Tests.Generation;

/// <summary>Historical mistakes are found from any seed, and shrink to one script.</summary>
public class ShrinkingTests
{
    private const int Cases = 2000, Seeds = 20;

    [Theory]
    [InlineData("XSA-148", 2)]
    [InlineData("XSA-182", 2)]
    [InlineData("XSA-401", 4)]
    public void Every_seed_finds_it_and_shrinks_to_the_same_script(string fault, int most)
    {
        StageShape shape = new();
        using Simulator simulator = new(shape, new() { Fault = fault });
        string? minimal = null;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            CaseResult shrunk = ScriptShrinker.Shrink(First(simulator, shape, seed), simulator);
            Assert.Equal(FailureClass.Laxer, shrunk.Failure!.Class);
            Assert.InRange(shrunk.Script.Acts.Count, 1, most);
            minimal ??= $"{shrunk.Script}";
            Assert.True(minimal == $"{shrunk.Script}", $"{minimal}\n{shrunk.Script}\n{shrunk.Failure}");
        }
    }

    private static CaseResult First(Simulator simulator, StageShape shape, ulong seed)
    {
        IEnumerable<Script> scripts = Enumerable.Range(0, Cases).Select(i => ScriptGenerator.Make(new(shape, 60), (seed * 1_000_003) + (ulong)i));
        return Assert.IsType<CaseResult>(simulator.Run(scripts).FirstOrDefault(r => r.Failure is { Class: FailureClass.Laxer }));
    }
}
