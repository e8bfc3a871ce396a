using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Scopes, assumptions, cores, settings and texts of solvers.</summary>
public sealed class SolverTests
{
    [Fact]
    public void A_scope_forgets_what_was_asserted_in_it()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");
        solver.Assert(p);

        solver.Push();
        solver.Assert(!p);
        Assert.Equal(1u, solver.NumScopes);
        Assert.Equal([p, !p], solver.Assertions);
        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
        solver.Pop();

        Assert.Equal([p], solver.Assertions);
        Assert.Equal(Status.SATISFIABLE, solver.Check());
        solver.Reset();
        Assert.Equal(0u, solver.NumAssertions);
        Assert.Equal("index out of bounds", Assert.Throws<Z3Exception>(() => solver.Pop()).Message);
    }

    [Fact]
    public void An_unsat_core_names_the_assumptions_to_blame()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BitVecExpr x = z3.MkBVConst("x", 8);
        BoolExpr small = z3.MkBoolConst("small");
        BoolExpr large = z3.MkBoolConst("large");
        BoolExpr even = z3.MkBoolConst("even");
        solver.Add(z3.MkImplies(small, z3.MkBVULT(x, z3.MkBV(10u, 8))));
        solver.Add(z3.MkImplies(large, z3.MkBVUGT(x, z3.MkBV(20u, 8))));
        solver.Add(z3.MkImplies(even, z3.MkEq(z3.MkExtract(0, 0, x), z3.MkBV(0u, 1))));

        Assert.Equal(Status.SATISFIABLE, solver.Check(small, even));
        Assert.Equal(Status.UNSATISFIABLE, solver.Check(small, large, even));

        Assert.Equal(new HashSet<BoolExpr> { small, large }, solver.UnsatCore.ToHashSet());
    }

    [Fact]
    public void A_tracked_assertion_is_blamed_by_its_name()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");
        BoolExpr[] names = [z3.MkBoolConst("says p"), z3.MkBoolConst("says not p"), z3.MkBoolConst("says nothing")];
        solver.AssertAndTrack([p, !p, z3.MkTrue()], names);

        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
        Assert.Equal(names[..2].ToHashSet(), solver.UnsatCore.ToHashSet());
    }

    [Theory]
    [InlineData("default")]
    [InlineData("simple")]
    [InlineData("QF_BV")]
    [InlineData("QF_FD")]
    [InlineData("tactic")]
    public void Every_kind_of_solver_answers(string kind)
    {
        using Context z3 = new();
        using Solver solver = kind switch
        {
            "default" => z3.MkSolver(),
            "simple" => z3.MkSimpleSolver(),
            "tactic" => z3.MkSolver(z3.AndThen(z3.MkTactic("simplify"), z3.MkTactic("bit-blast"), z3.MkTactic("sat"))),
            _ => z3.MkSolver(kind),
        };
        BitVecExpr x = z3.MkBVConst("x", 6);
        solver.Add(z3.MkEq(z3.MkBVMul(x, x), z3.MkBV(25u, 6)), z3.MkBVULE(x, z3.MkBV(5u, 6)));

        Assert.Equal(Status.SATISFIABLE, solver.Check());
        using (Model model = solver.Model) Assert.Equal(5u, ((BitVecNum)model.Eval(x, true)).UInt);

        solver.Add(z3.MkBVULT(x, z3.MkBV(5u, 6)));
        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
    }

    [Fact]
    public void At_most_and_at_least_count()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver("QF_FD");
        BoolExpr[] all = Enumerable.Range(0, 9).Select(i => z3.MkBoolConst($"p{i}")).ToArray();
        solver.Add(z3.MkAtLeast(all, 4), z3.MkAtMost(all, 4));

        Assert.Equal(Status.SATISFIABLE, solver.Check());
        using (Model model = solver.Model) Assert.Equal(4, all.Count(p => model.Eval(p, true).IsTrue));

        solver.Add(z3.MkAtMost(all, 3));
        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
    }

    [Fact]
    public void The_text_of_a_solver_is_the_problem_again()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl owned = z3.MkFuncDecl("owned", frame, z3.BoolSort);
        Expr f = z3.MkConst("f", frame);
        BoolExpr all = z3.MkForall([f], owned[f]);
        BoolExpr notOne = !(BoolExpr)owned[z3.MkConst("g", frame)];
        solver.Add(all, notOne);

        using Context other = new();
        using Solver reader = other.MkSolver();
        reader.FromString(solver.ToString());
        Assert.Equal(2u, reader.NumAssertions);
        Assert.Equal(Status.UNSATISFIABLE, reader.Check());

        BoolExpr[] parsed = other.ParseSMTLIB2String(z3.BenchmarkToSMTString("g", "UF", "unsat", "", [all], notOne));
        using Solver again = other.MkSolver();
        again.Add(parsed);
        Assert.Equal(Status.UNSATISFIABLE, again.Check());
    }

    [Fact]
    public void A_text_may_speak_of_what_was_declared_before()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");

        BoolExpr[] parsed = z3.ParseSMTLIB2String("(assert (not p))", declNames: [z3.MkSymbol("p")], decls: [p.FuncDecl]);

        Assert.Equal([!p], parsed);
    }

    [Fact]
    public void Statistics_count_what_was_done()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSimpleSolver();
        solver.Add(Pigeonhole.Problem(z3, 4));
        solver.Check();

        using Statistics statistics = solver.Statistics;

        Assert.Equal((uint)statistics.Entries.Length, statistics.Size);
        Assert.True(statistics["conflicts"] is { IsUInt: true, UIntValue: > 0 }, statistics.ToString());
        Assert.Null(statistics["pigeons"]);
    }

    [Fact]
    public void Settings_of_a_context_reach_its_solvers()
    {
        using Context z3 = new(new() { ["timeout"] = "50" });
        using Solver solver = z3.MkSolver();
        solver.Add(Pigeonhole.Problem(z3, holes: 12));

        Assert.Equal(Status.UNKNOWN, solver.Check());
        Assert.Equal("timeout", solver.ReasonUnknown);
    }
}
