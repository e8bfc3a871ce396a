using Checking.Memory;
using Checking.Refuting;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Faults;
namespace Checking.Tests.Refuting;
public sealed class ScratchTests
{
    [Theory, InlineData("none", false), InlineData("XSA-148", false), InlineData("XSA-401", false), InlineData("no-flush-at-free", false)]
    public void Look(string fault, bool counts)
    {
        var scope = new MemoryScope(new(4, 2), Fault.Find(fault));
        var o = TestContext.Current.TestOutputHelper!;
        var learner = new Learner(scope, 20);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < 6; i++) { learner.Walk(5, 6, new Random(i)); o.WriteLine($"{clock.ElapsedMilliseconds} ms: {learner.Shapes.Count} shapes, {learner.TooLong.Count} too long"); }
        o.WriteLine($"{clock.ElapsedMilliseconds} ms: {learner.Shapes.Count} shapes, {learner.TooLong.Count} too long");
        clock.Restart();
        var graph = new Graph();
        var shapes = learner.Shapes;
        var un = new Unrolling(scope, shapes, learner.Flags, graph);
        using var sat = new Satisfier(graph);
        var im = Image.Of(scope.Boot().State, Unrolling.UniverseOf(scope), new(), counts);
        for (int d = 1; d <= 4; d++) {
            var r = un.Next(im);
            var before = im;
            im = r.After;
            sat.Require(r.Lawful);
            Formula broken = Formula.Of(false);
            if (counts) broken = new Judge(Unrolling.UniverseOf(scope)).IsBroken(im, null);
            else foreach (var id in new Model.Invariants.Invariants<Formula, FiniteWord, FiniteRelation, FiniteMap>(im.State).All.Select(x => x.Id).Where(x => x is not "I-REF" and not "I-TCOUNT")) broken |= new Judge(Unrolling.UniverseOf(scope)).IsBroken(im, id);
            o.WriteLine($"depth {d}: {graph.Count} nodes, {clock.ElapsedMilliseconds} ms");
            bool? found = sat.Check(broken, new CancellationTokenSource(60000).Token);
            o.WriteLine($"{found} {clock.ElapsedMilliseconds} ms");
            if (found != false) {
                if (found == true) { var v = sat.Solution();
                  for (int i = 0; i < shapes.Count; i++) if (Graph.IsTrue(v, r.Chosen[i].Literal)) o.WriteLine(shapes[i] + " " + string.Join(";", shapes[i].Bindings.Select(b => b.RequestKind + " " + string.Join(" ", b.Arguments))));
                  foreach (var (a, w) in r.Words) o.WriteLine($"{a} = {w.Cases.ToArray().First(c => Graph.IsTrue(v, c.When.Literal)).Value}"); }
                break; }
            sat.Require(!broken);
        }
    }
}
