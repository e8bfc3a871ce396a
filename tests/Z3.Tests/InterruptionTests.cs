using Microsoft.Z3;

namespace Z3.Tests;

/// <summary>A check ends early when it must, says why, and leaves the context usable.</summary>
public sealed class InterruptionTests
{
    private const int TooManyHoles = 12;

    /// <summary>Ends a check that was not interrupted, so that a broken interrupt fails the test and does not hang it.</summary>
    private const uint Minute = 60_000;

    [Theory]
    [InlineData(null)]
    [InlineData("QF_FD")]
    public async Task A_check_is_interrupted_from_another_thread(string? logic)
    {
        using Context z3 = new();
        using Solver solver = logic is null ? z3.MkSolver() : z3.MkSolver(logic);
        solver.Set("timeout", Minute);
        solver.Add(Pigeonhole.Problem(z3, TooManyHoles));

        // Again and again, because an interrupt that comes before the check begins is lost.
        Status answer;
        await using (new Timer(_ => z3.Interrupt(), null, dueTime: 50, period: 50)) answer = solver.Check();

        Assert.Equal(Status.UNKNOWN, answer);
        Assert.Equal("interrupted", solver.ReasonUnknown);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("QF_FD")]
    public void A_check_runs_out_of_time(string? logic)
    {
        using Context z3 = new();
        using Solver solver = logic is null ? z3.MkSolver() : z3.MkSolver(logic);
        solver.Set("timeout", 50u);
        solver.Add(Pigeonhole.Problem(z3, TooManyHoles));

        Assert.Equal(Status.UNKNOWN, solver.Check());
        Assert.Equal("timeout", solver.ReasonUnknown);
    }

    [Fact]
    public void A_tactic_runs_out_of_time()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver(z3.TryFor(z3.AndThen(z3.MkTactic("simplify"), z3.MkTactic("smt")), 50));
        solver.Add(Pigeonhole.Problem(z3, TooManyHoles));

        Assert.Equal(Status.UNKNOWN, solver.Check());
    }

    [Fact]
    public void After_an_interrupt_the_solver_answers_again()
    {
        using Context z3 = new();
        using Solver solver = z3.MkSolver();
        BoolExpr p = z3.MkBoolConst("p");
        solver.Add(p);

        z3.Interrupt();
        Assert.Equal(Status.SATISFIABLE, solver.Check());

        solver.Push();
        solver.Set("timeout", 50u);
        solver.Add(Pigeonhole.Problem(z3, TooManyHoles));
        Assert.Equal(Status.UNKNOWN, solver.Check());
        solver.Pop();

        solver.Set("timeout", Minute);
        Assert.Equal(Status.SATISFIABLE, solver.Check());
        Assert.Equal(Status.UNSATISFIABLE, solver.Check(!p));
    }

    [Fact]
    public void A_context_may_be_disposed_of_while_another_thread_interrupts_it()
    {
        for (int i = 0; i < 50; i++)
        {
            Context z3 = new();
            using Barrier start = new(2);
            bool isTold = false;
            Thread interrupter = new(() =>
            {
                start.SignalAndWait();
                try
                {
                    while (true) z3.Interrupt();
                }
                catch (ObjectDisposedException)
                {
                    isTold = true;
                }
            });
            interrupter.Start();
            start.SignalAndWait(TestContext.Current.CancellationToken);
            z3.Dispose();
            interrupter.Join();
            Assert.True(isTold);
        }
    }
}
