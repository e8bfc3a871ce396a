using Checking.Memory;
using Checking.Refuting;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Faults;
namespace Checking.Tests.Refuting;
public sealed class ScratchTests
{
    [Theory, InlineData("none", false), InlineData("XSA-401", false), InlineData("no-flush-at-free", false)]
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
        List<Formula> reqs = [];
        for (int d = 1; d <= 4; d++) {
            var r = un.Next(im);
            var before = im;
            im = r.After;
            sat.Require(r.Lawful);
            Formula broken = Formula.Of(false);
            if (counts) broken = new Judge(Unrolling.UniverseOf(scope)).IsBroken(im, null);
            else foreach (var id in new Model.Invariants.Invariants<Formula, FiniteWord, FiniteRelation, FiniteMap>(im.State).All.Select(x => x.Id).Where(x => x is not "I-REF" and not "I-TCOUNT")) broken |= new Judge(Unrolling.UniverseOf(scope)).IsBroken(im, id);
            o.WriteLine($"depth {d}: {graph.Count} nodes, {clock.ElapsedMilliseconds} ms");
            if (Environment.GetEnvironmentVariable("DUMP") is { } dump) Dump(graph, [.. reqs, r.Lawful], broken, $"{dump}/{fault}-{d}.cnf");
            reqs.Add(r.Lawful);
            if (scope.Fault is not null) broken &= r.IsWrong; broken &= r.IsAtRest; if (Environment.GetEnvironmentVariable("DUMP") is { } dump2) Dump(graph, [.. reqs], broken, $"{dump2}/{fault}-{d}s.cnf"); bool? found = sat.Check(broken, new CancellationTokenSource(20000).Token);
            o.WriteLine($"{found} {clock.ElapsedMilliseconds} ms");
            if (found != false) {
                if (found == true) { var v = sat.Solution();
                  for (int i = 0; i < shapes.Count; i++) if (Graph.IsTrue(v, r.Chosen[i].Literal)) o.WriteLine(shapes[i] + " " + string.Join(";", shapes[i].Bindings.Select(b => b.RequestKind + " " + string.Join(" ", b.Arguments))));
                  foreach (var (a, w) in r.Words) o.WriteLine($"{a} = {w.Cases.ToArray().First(c => Graph.IsTrue(v, c.When.Literal)).Value}"); }
                break; }
            sat.Require(!broken & r.IsAtRest); reqs.Add(!broken & r.IsAtRest);
        }
    }

    private static void Dump(Graph g, List<Formula> req, Formula broken, string path)
    {
        HashSet<int> seen = []; Stack<int> open = new(); int clauses = 0; var b = new System.Text.StringBuilder();
        string L(int l) => ((l & 1) != 0 ? "-" : "") + (l >> 1);
        foreach (var f in req.Append(broken)) { if (f.Always) continue; open.Push(f.Literal >> 1); b.Append(L(f.Literal)).Append(" 0\n"); clauses++; }
        while (open.TryPop(out int n)) { if (!seen.Add(n)) continue; if (g.Conjuncts(n) is not var (l, r)) continue; open.Push(l >> 1); open.Push(r >> 1);
            b.Append($"-{n} {L(l)} 0\n-{n} {L(r)} 0\n{n} {L(l ^ 1)} {L(r ^ 1)} 0\n"); clauses += 3; }
        System.IO.File.WriteAllText(path, $"p cnf {g.Count} {clauses}\n{b}");
    }
}
