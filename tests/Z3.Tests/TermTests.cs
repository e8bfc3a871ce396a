using System.Numerics;
using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Terms are shared, know their parts, and can be rewritten.</summary>
public sealed class TermTests
{
    [Fact]
    public void Equal_terms_are_one_term()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        BoolExpr q = z3.MkBoolConst("q");

        BoolExpr one = p & q;
        BoolExpr other = z3.MkAnd(p, q);

        Assert.NotSame(one, other);
        Assert.True(one == other);
        Assert.Equal(one, other);
        Assert.Equal(one.Id, other.Id);
        Assert.Equal(0, one.CompareTo(other));
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.True(one != (q & p));
        Assert.False(one == null);
    }

    [Fact]
    public void Equal_terms_of_two_contexts_differ()
    {
        using Context here = new();
        using Context there = new();

        Assert.False(here.MkTrue() == there.MkTrue());
        Assert.False(here.MkTrue().Equals(there.MkTrue()));
        Assert.Equal("Context mismatch", Assert.Throws<Z3Exception>(() => here.MkNot(there.MkTrue())).Message);
    }

    [Fact]
    public void A_term_says_what_it_is()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        BoolExpr q = z3.MkBoolConst("q");

        Assert.True(z3.MkTrue().IsTrue);
        Assert.True(z3.MkFalse().IsFalse);
        Assert.True(z3.MkBool(true).IsTrue);
        Assert.True(p.IsConst && p.IsApp && p.IsBool && p.IsExpr && !p.IsVar);
        Assert.True((p & q).IsAnd);
        Assert.True((p | q).IsOr);
        Assert.True((p ^ q).IsXor);
        Assert.True((!p).IsNot);
        Assert.True(z3.MkImplies(p, q).IsImplies);
        Assert.True(z3.MkIff(p, q).IsEq);
        Assert.True(z3.MkITE(p, q, p).IsITE);
        Assert.True(z3.MkDistinct(p, q).IsDistinct);
        Assert.Equal([p, q], (p & q).Args);
        Assert.Equal(2u, (p & q).NumArgs);
        Assert.Equal(0u, z3.MkForall([p], p).NumArgs);
        Assert.Equal("(and p q)", (p & q).ToString());
    }

    [Fact]
    public void A_term_is_of_the_class_of_its_sort()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        UninterpretedSort frame = z3.MkUninterpretedSort("Frame");

        Assert.IsType<BoolExpr>(z3.MkConst("b", z3.BoolSort));
        Assert.IsType<IntExpr>(z3.MkConst("i", z3.IntSort));
        Assert.IsType<BitVecExpr>(z3.MkITE(p, z3.MkBVConst("x", 8), z3.MkBV(1u, 8)));
        Assert.IsType<BitVecNum>(z3.MkITE(z3.MkTrue(), z3.MkBV(1u, 8), z3.MkBV(2u, 8)).Simplify());
        Assert.IsType<IntNum>(z3.MkAdd(z3.MkInt(1), z3.MkInt(2)).Simplify());
        Assert.IsType<Expr>(z3.MkConst("f", frame));
        Assert.IsType<UninterpretedSort>(z3.MkConst("f", frame).Sort);
        Assert.Equal(12u, Assert.IsType<BitVecSort>(z3.MkBVConst("x", 12).Sort).Size);
        Assert.Equal(12u, z3.MkBVConst("x", 12).SortSize);
    }

    [Fact]
    public void Numerals_are_read_back_exactly()
    {
        using Context z3 = new();

        Assert.Equal(ulong.MaxValue, z3.MkBV(ulong.MaxValue, 64).UInt64);
        Assert.Equal(255u, z3.MkBV(-1, 8).UInt);
        Assert.Equal(long.MinValue, z3.MkInt(long.MinValue).Int64);
        Assert.Equal(ulong.MaxValue, z3.MkInt(ulong.MaxValue).UInt64);
        Assert.Equal("340282366920938463463374607431768211456", z3.MkInt("340282366920938463463374607431768211456").ToString());
        Assert.Equal(BigInteger.Pow(2, 100), z3.MkBV("1267650600228229401496703205376", 128).BigInteger);
        Assert.Throws<Z3Exception>(() => z3.MkInt(-1).UInt64);
        Assert.Throws<Z3Exception>(() => z3.MkInt(long.MaxValue).Int);
        Assert.Throws<Z3Exception>(() => z3.MkBV(1ul << 40, 64).UInt);
    }

    [Fact]
    public void Substitution_replaces_all_at_once()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        BoolExpr q = z3.MkBoolConst("q");

        Assert.Equal(q & p, (p & q).Substitute([p, q], [q, p]));
        Assert.Equal(q, (p & q).Substitute(p, z3.MkTrue()).Simplify());
    }

    [Fact]
    public void Fresh_names_clash_with_nothing()
    {
        using Context z3 = new();

        Assert.NotEqual(z3.MkFreshConst("f", z3.BoolSort), z3.MkFreshConst("f", z3.BoolSort));
        Assert.NotEqual(z3.MkFreshFuncDecl("f", [z3.BoolSort], z3.BoolSort), z3.MkFreshFuncDecl("f", [z3.BoolSort], z3.BoolSort));
    }

    [Fact]
    public void A_declaration_shows_its_signature()
    {
        using Context z3 = new();
        FuncDecl f = z3.MkFuncDecl(z3.MkSymbol("f"), [z3.BoolSort, z3.MkBitVecSort(8)], z3.IntSort);

        Assert.Equal("f", f.Name.ToString());
        Assert.Equal(2u, f.Arity);
        Assert.Equal([z3.BoolSort, z3.MkBitVecSort(8)], f.Domain);
        Assert.Equal(z3.IntSort, f.Range);
        Assert.Equal("7", z3.MkConstDecl(z3.MkSymbol(7), z3.BoolSort).Name.ToString());
        Assert.Equal(z3.MkBoolConst("c"), z3.MkConst(z3.MkConstDecl("c", z3.BoolSort)));
    }

    [Fact]
    public void A_long_conjunction_is_passed_whole()
    {
        using Context z3 = new();
        BoolExpr[] all = Enumerable.Range(0, 1000).Select(i => z3.MkBoolConst($"p{i}")).ToArray();

        Assert.Equal(all, z3.MkAnd(all).Args);
        Assert.Equal(all, z3.MkOr(all.AsEnumerable()).Args);
    }

    [Fact]
    public void A_deep_term_is_made_checked_and_freed()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr deep = z3.MkBoolConst("p");
        for (int i = 0; i < 50_000; i++) deep = z3.MkNot(z3.MkAnd(deep, z3.MkBoolConst($"p{i % 5000}")));

        Assert.Equal(Status.SATISFIABLE, solver.Check(deep));
    }
}
