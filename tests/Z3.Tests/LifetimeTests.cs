using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>The memory Z3 holds is the process's; whoever measures it must be alone.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;

/// <summary>What is dropped is freed, once, on the right thread, and never too early.</summary>
[Collection<Alone>]
public sealed partial class LifetimeTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public void Contexts_that_come_and_go_leave_no_memory_behind()
    {
        SolveInContexts(20);
        Collect();
        ulong before = Z3_get_estimated_alloc_size();

        SolveInContexts(300);

        Collect();
        Assert.InRange(Grown(before), long.MinValue, Mebibyte);
    }

    [Fact]
    public void Contexts_that_nobody_disposes_of_are_collected()
    {
        AbandonContexts(20);
        Collect();
        ulong before = Z3_get_estimated_alloc_size();

        AbandonContexts(100);

        Collect();
        Assert.InRange(Grown(before), long.MinValue, Mebibyte);
    }

    [Fact]
    public void Solvers_models_and_terms_that_nobody_disposes_of_are_collected_while_their_context_lives()
    {
        using Context z3 = new();
        AbandonSolvers(z3, 100, "warm up");
        Settle(z3);
        ulong before = Z3_get_estimated_alloc_size();

        for (int round = 0; round < 10; round++)
        {
            AbandonSolvers(z3, 1000, $"round {round}");
            Settle(z3);
        }

        Assert.InRange(Grown(before), long.MinValue, 2 * Mebibyte);
    }

    [Fact]
    public void Ten_thousand_solvers_disposed_of_leave_no_memory_behind()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        using (Solver first = z3.MkSimpleSolver()) first.Check(p);
        ulong before = Z3_get_estimated_alloc_size();

        for (int i = 0; i < 10_000; i++)
        {
            using Solver solver = z3.MkSimpleSolver();
            solver.Add(p);
        }

        Assert.InRange(Grown(before), long.MinValue, Mebibyte);
    }

    [Fact]
    public void What_is_reachable_survives_any_collection()
    {
        using Context z3 = new();
        BoolExpr all = z3.MkTrue();
        for (int i = 0; i < 2000; i++)
        {
            all = z3.MkAnd(all, z3.MkEq(z3.MkBVConst($"x{i}", 8), z3.MkBV((uint)i & 0xff, 8)));
            if (i % 200 == 0) Settle(z3);
        }
        using Solver solver = z3.MkSolver();
        solver.Add(all);

        Assert.Equal(Status.SATISFIABLE, solver.Check());
        using Model model = solver.Model;
        Settle(z3);
        Assert.Equal(7ul, ((BitVecNum)model.Eval(z3.MkBVConst("x7", 8))).UInt64);
    }

    [Fact]
    public void What_outlives_its_context_is_dead_and_harmless()
    {
        BoolExpr term;
        Solver solver;
        Model model;
        using (Context z3 = new())
        {
            term = z3.MkBoolConst("p");
            solver = z3.MkSolver();
            solver.Add(term);
            solver.Check();
            model = solver.Model;
        }

        Assert.Throws<ObjectDisposedException>(() => term.ToString());
        Assert.Throws<ObjectDisposedException>(() => solver.Check());
        Assert.Throws<ObjectDisposedException>(() => model.Eval(term));
        Collect();
        term.Dispose();
        solver.Dispose();
        model.Dispose();
        term.Dispose();
    }

    [Fact]
    public void A_context_disposed_of_makes_nothing_more()
    {
        Context z3 = new();
        z3.Dispose();
        z3.Dispose();

        Assert.Throws<ObjectDisposedException>(() => z3.MkTrue());
        Assert.Throws<ObjectDisposedException>(() => z3.MkSolver());
        Assert.Throws<ObjectDisposedException>(z3.Interrupt);
    }

    [Fact]
    public void What_is_disposed_of_early_is_not_used_again()
    {
        using Context z3 = new();
        BoolExpr p = z3.MkBoolConst("p");
        Solver solver = z3.MkSolver();
        solver.Add(p);
        solver.Dispose();
        p.Dispose();

        Assert.Throws<ObjectDisposedException>(() => solver.Check());
        Assert.Throws<ObjectDisposedException>(() => z3.MkNot(p));
        Assert.Equal("p", z3.MkBoolConst("p").ToString());
    }

    [Fact]
    public void Terms_of_one_thread_are_collected_while_it_checks()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        solver.Add(Pigeonhole.Problem(z3, holes: 6));
        using Timer collector = new(_ => Collect(), null, dueTime: 0, period: 1);

        for (int i = 0; i < 5; i++) Assert.Equal(Status.UNSATISFIABLE, solver.Check(z3.MkBoolConst($"fresh{i}")));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SolveInContexts(int count)
    {
        for (int i = 0; i < count; i++)
        {
            using Context z3 = new();
            Solver solver = z3.MkSolver();
            solver.Add(z3.MkEq(z3.MkBVConst("x", 32), z3.MkBV((uint)i, 32)));
            Assert.Equal(1u, solver.NumAssertions);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AbandonContexts(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Context z3 = new();
            Solver solver = z3.MkSolver();
            solver.Add(z3.MkBoolConst($"p{i % 10}"));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AbandonSolvers(Context z3, int count, string name)
    {
        for (int i = 0; i < count; i++)
        {
            Solver solver = z3.MkSimpleSolver();
            solver.Add(z3.MkEq(z3.MkBVConst(name, 64), z3.MkBV((ulong)i, 64)));
            if (i % 50 != 0) continue;

            Assert.Equal(Status.SATISFIABLE, solver.Check());
            Assert.Equal((ulong)i, ((BitVecNum)solver.Model.Eval(z3.MkBVConst(name, 64))).UInt64);
        }
    }

    /// <summary>Collects, and lets the context drop what the finalizers left.</summary>
    private static void Settle(Context z3)
    {
        Collect();
        z3.MkTrue().Dispose();
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }

    private static long Grown(ulong before) => (long)Z3_get_estimated_alloc_size() - (long)before;

    [LibraryImport("libz3.so.4")]
    private static partial ulong Z3_get_estimated_alloc_size();
}
