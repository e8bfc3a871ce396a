using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>Each thread with a context of its own needs no lock.</summary>
public sealed class ThreadTests
{
    [Fact]
    public void Two_threads_solve_in_contexts_of_their_own()
    {
        const int Threads = 2;
        const uint Problems = 60;

        int solved = 0;
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            using Context z3 = new();
            using Solver solver = z3.MkSolver();
            BitVecExpr x = z3.MkBVConst("x", 16);
            for (uint i = 0; i < Problems; i++)
            {
                solver.Push();
                solver.Add(z3.MkEq(z3.MkBVMul(x, z3.MkBV(3u, 16)), z3.MkBV(3 * i, 16)));
                Assert.Equal(Status.SATISFIABLE, solver.Check());
                Assert.Equal(Status.UNSATISFIABLE, solver.Check(z3.MkNot(z3.MkEq(x, z3.MkBV(i, 16)))));
                solver.Pop();
                Interlocked.Increment(ref solved);
            }
        });

        Assert.Equal(Threads * (int)Problems, solved);
    }

    [Fact]
    public void A_context_is_handed_from_one_thread_to_another()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");
        solver.Add(p);

        Status answer = Status.UNKNOWN;
        Thread other = new(() => answer = solver.Check(!p));
        other.Start();
        other.Join();

        Assert.Equal(Status.UNSATISFIABLE, answer);
    }
}
