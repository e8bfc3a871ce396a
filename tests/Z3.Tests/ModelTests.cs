using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Models say what every constant, function and sort is.</summary>
public sealed class ModelTests
{
    [Fact]
    public void A_function_is_its_entries_and_a_value_for_the_rest()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        FuncDecl load = z3.MkFuncDecl("load", z3.MkBitVecSort(8), z3.MkBitVecSort(4));
        for (uint address = 0; address < 4; address++)
            solver.Add(z3.MkEq(load[z3.MkBV(address, 8)], z3.MkBV(address * 3, 4)));

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Assert.Equal([load], model.FuncDecls);
        Assert.Equal([load], model.Decls);
        Assert.Empty(model.ConstDecls);
        FuncInterp interpretation = Assert.IsType<FuncInterp>(model.FuncInterp(load));
        Assert.Equal(1u, interpretation.Arity);
        uint Value(uint address) => interpretation.Entries
            .Where(entry => ((BitVecNum)entry.Args[0]).UInt == address)
            .Select(entry => (BitVecNum)entry.Value)
            .DefaultIfEmpty((BitVecNum)interpretation.Else)
            .Single().UInt;
        Assert.Equal([0u, 3, 6, 9], Enumerable.Range(0, 4).Select(address => Value((uint)address)));
        Assert.EndsWith($"else -> {interpretation.Else}]", interpretation.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_without_a_value_gets_one_on_demand()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");
        BitVecExpr free = z3.MkBVConst("free", 8);
        solver.Add(p);

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Assert.True(model.ConstInterp(p)!.IsTrue);
        Assert.Null(model.ConstInterp(free));
        Assert.Null(model.FuncInterp(z3.MkFuncDecl("f", z3.BoolSort, z3.BoolSort)));
        Assert.Equal(free, model.Eval(free));
        Assert.Equal([p.FuncDecl], model.Consts.Select(constant => constant.Key));
        Assert.IsType<BitVecNum>(model.Evaluate(free, completion: true));
    }

    [Fact]
    public void The_universe_of_a_sort_has_every_value_once()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");
        Expr[] frames = Enumerable.Range(0, 5).Select(i => z3.MkConst($"f{i}", frame)).ToArray();
        solver.Add(z3.MkDistinct(frames));

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Expr[] universe = model.SortUniverse(frame);
        Assert.Equal(5, universe.Length);
        Assert.Equal(universe.ToHashSet(), frames.Select(f => model.Eval(f)).ToHashSet());
        Assert.Throws<Z3Exception>(() => model.SortUniverse(z3.MkUninterpretedSort("Domain")));
    }

    [Fact]
    public void The_values_of_an_enumeration_are_all_there_is()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        EnumSort use = z3.MkEnumSort("Use", "None", "Table", "Writable");
        Expr x = z3.MkConst("x", use);
        solver.Add(z3.MkNot(z3.MkEq(x, use.Consts[0])), !(BoolExpr)use.TesterDecls[1][x]);

        Assert.Equal(Status.SATISFIABLE, solver.Check());

        using Model model = solver.Model;
        Assert.Equal(use.Const(2), model.Eval(x));
        Assert.Equal(["None", "Table", "Writable"], use.ConstDecls.Select(value => value.Name.ToString()));
    }

    [Fact]
    public void There_is_no_model_before_a_check()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();

        Assert.Equal("there is no current model", Assert.Throws<Z3Exception>(() => solver.Model).Message);
    }
}
