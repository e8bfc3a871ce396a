using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>For all and there is, bound by constants and by variables.</summary>
public sealed class QuantifierTests
{
    [Fact]
    public void What_holds_for_all_holds_for_each()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl owned = z3.MkFuncDecl("owned", frame, z3.BoolSort);
        Expr f = z3.MkConst("f", frame);

        solver.Add(z3.MkForall([f], owned[f]), !(BoolExpr)owned[z3.MkConst("some", frame)]);

        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
    }

    [Fact]
    public void Bound_constants_and_bound_variables_say_the_same()
    {
        using Context z3 = new();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl maps = z3.MkFuncDecl("maps", [frame, frame], z3.BoolSort);
        Expr f = z3.MkConst("f", frame);
        Expr g = z3.MkConst("g", frame);

        Quantifier byConstants = z3.MkForall([f, g], maps[f, g]);
        Quantifier byVariables = z3.MkForall(
            [frame, frame], [z3.MkSymbol("f"), z3.MkSymbol("g")], maps[z3.MkBound(1, frame), z3.MkBound(0, frame)]);

        Assert.Equal(byConstants, byVariables);
        Assert.Equal(byConstants.GetHashCode(), byVariables.GetHashCode());
    }

    [Fact]
    public void A_quantifier_shows_its_parts()
    {
        using Context z3 = new();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl owned = z3.MkFuncDecl("owned", frame, z3.BoolSort);
        Expr f = z3.MkConst("f", frame);

        Pattern trigger = z3.MkPattern(owned[f]);

        Quantifier some = z3.MkExists([f], owned[f], weight: 3, patterns: [trigger], quantifierID: z3.MkSymbol("q"));

        Assert.True(some.IsExistential);
        Assert.False(some.IsUniversal);
        Assert.True(some.IsQuantifier);
        Assert.Equal(3u, some.Weight);
        Assert.Equal("f", Assert.Single(some.BoundVariableNames).ToString());
        Assert.Equal(frame, Assert.Single(some.BoundVariableSorts));
        Assert.Equal(owned, some.Body.FuncDecl);
        Assert.True(some.Body.Arg(0).IsVar);
        Assert.Equal(0u, some.Body.Arg(0).Index);
        Assert.Equal(owned, Assert.Single(Assert.Single(some.Patterns).Terms).FuncDecl);
        Assert.Equal(owned[f], some.Body.SubstituteVars([f]));
    }

    [Fact]
    public void A_total_order_without_a_greatest_element_has_no_finite_model_to_show()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        FuncDecl below = z3.MkFuncDecl("below", [frame, frame], z3.BoolSort);
        Expr[] xyz = [.. "xyz".Select(name => z3.MkConst($"{name}", frame))];
        BoolExpr Below(int i, int j) => (BoolExpr)below[xyz[i], xyz[j]];
        solver.Add(
            z3.MkForall([xyz[0]], !Below(0, 0)),
            z3.MkForall(xyz, z3.MkImplies(Below(0, 1) & Below(1, 2), Below(0, 2))));

        solver.Push();
        solver.Add(z3.MkExists([xyz[0], xyz[1]], Below(0, 1) & Below(1, 0)));
        Assert.Equal(Status.UNSATISFIABLE, solver.Check());
        solver.Pop();

        solver.Set("timeout", 500u);
        solver.Add(z3.MkForall([xyz[0]], z3.MkExists([xyz[1]], Below(0, 1))));
        Assert.Equal(Status.UNKNOWN, solver.Check());
    }
}
