using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Small problems whose answers are known.</summary>
public sealed class AnswerTests
{
    [Fact]
    public void A_contradiction_has_no_model()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");

        solver.Add(p, z3.MkNot(p));

        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
    }

    [Fact]
    public void A_model_gives_every_constant_its_value()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BitVecExpr x = z3.MkBVConst("x", 16);
        IntExpr n = z3.MkIntConst("n");
        BoolExpr p = z3.MkBoolConst("p");
        solver.Add(z3.MkEq(z3.MkBVAdd(x, z3.MkBV(1u, 16)), z3.MkBV(0u, 16)));
        solver.Add(z3.MkLt(z3.MkInt(-8), n), z3.MkLt(n, z3.MkInt(-6)), z3.MkIff(p, z3.MkFalse()));

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Assert.Equal(0xffffu, ((BitVecNum)model.Eval(x)).UInt);
        Assert.Equal(-7, ((IntNum)model.Eval(n)).Int);
        Assert.True(model.Eval(p).IsFalse);
    }

    [Fact]
    public void Functions_and_uninterpreted_sorts_have_finite_models()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl table = z3.MkFuncDecl("table", frame, z3.BoolSort);
        Expr f = z3.MkConst("f", frame);
        Expr g = z3.MkConst("g", frame);
        solver.Add((BoolExpr)table[f], z3.MkNot((BoolExpr)table[g]));

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Expr[] universe = model.SortUniverse(frame);
        Assert.Equal(frame, Assert.Single(model.Sorts));
        Assert.Equal(2, universe.Length);
        Assert.Contains(model.Eval(f), universe);
        Assert.NotEqual(model.Eval(f), model.Eval(g));
        Assert.True(model.Eval(z3.MkApp(table, model.Eval(f)), true).IsTrue);
        Assert.True(model.Eval(z3.MkApp(table, model.Eval(g)), true).IsFalse);
    }
}
