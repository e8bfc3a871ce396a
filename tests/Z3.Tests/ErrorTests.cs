using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>What does not make sense is refused in Z3's words, and what follows is not spoiled.</summary>
public sealed class ErrorTests
{
    [Fact]
    public void Ill_sorted_terms_are_refused()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        FuncDecl f = z3.MkFuncDecl("f", z3.BoolSort, z3.BoolSort);

        Assert.Equal("Sorts Bool and (_ BitVec 8) are incompatible", Message(() => z3.MkEq(p, z3.MkBVConst("x", 8))));
        Assert.StartsWith("Wrong number of arguments (0)", Message(() => f.Apply()), StringComparison.Ordinal);
        Assert.Equal("bit-vector size must be greater than zero", Message(() => z3.MkBVConst("x", 0)));
        Assert.Equal("invalid extract application", Message(() => z3.MkExtract(8, 0, z3.MkBVConst("x", 8))));
        Assert.Equal("number of bound variables is 0", Message(() => z3.MkForall([], p)));
        Assert.Equal("index out of bounds", Message(() => p.Arg(0)));
        Assert.Throws<ArgumentNullException>(() => z3.MkAnd(p, null!));
    }

    [Fact]
    public void Unknown_names_are_refused()
    {
        using Context z3 = new();

        Assert.Equal("unknown tactic nonsense", Message(() => z3.MkTactic("nonsense")));
        Assert.Equal("logic 'NONSENSE' is not recognized", Message(() => z3.MkSolver("NONSENSE")));
    }

    [Fact]
    public void A_text_that_is_refused_does_not_spoil_the_next()
    {
        using Context z3 = new();

        string message = Message(() => z3.ParseSMTLIB2String("(assert nonsense)"));

        Assert.Contains("unknown constant nonsense", message, StringComparison.Ordinal);
        Assert.Single(z3.ParseSMTLIB2String("(declare-const p Bool)(assert p)"));
        using Solver solver = z3.MkSolver();
        Assert.Throws<Z3Exception>(() => solver.FromString("(assert"));
        solver.Add(z3.MkTrue());
        Assert.Equal(Status.SATISFIABLE, solver.Check());
    }

    private static string Message(Func<object?> refused) => Assert.Throws<Z3Exception>(refused).Message;
}
