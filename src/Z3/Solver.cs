namespace Microsoft.Z3;

/// <summary>Assertions, in scopes, and the question whether they have a model.</summary>
public class Solver : Z3Object
{
    internal Solver(Context context, nint handle) : base(context, Counted.Solver, handle)
    {
    }

    /// <summary>Settings to add, such as "timeout" in milliseconds.</summary>
    /// <exception cref="Z3Exception">there is no such setting</exception>
    public Params Parameters
    {
        set
        {
            Native.Z3_solver_set_params(Context.Handle, Handle, Context.Of(value));
            Context.ExpectSuccess();
        }
    }

    /// <summary>How many times <see cref="Push"/> was called without a <see cref="Pop"/>.</summary>
    public uint NumScopes => Native.Z3_solver_get_num_scopes(Context.Handle, Handle);

    public BoolExpr[] Assertions => Formulas(Native.Z3_solver_get_assertions(Context.Handle, Handle));

    public uint NumAssertions => (uint)Assertions.Length;

    /// <summary>What made the last check satisfiable, or the guess at it where the answer was unknown.</summary>
    /// <exception cref="Z3Exception">there is none</exception>
    public Model Model => new(Context, Native.Z3_solver_get_model(Context.Handle, Handle));

    /// <summary>Those assumptions and trackers of the last check, which was unsatisfiable, that were enough for it.</summary>
    public BoolExpr[] UnsatCore => Formulas(Native.Z3_solver_get_unsat_core(Context.Handle, Handle));

    /// <summary>
    /// Why the last answer was <see cref="Status.UNKNOWN"/>: "timeout", "interrupted", "canceled" (either, from the simple
    /// solver), "(incomplete ...)" and others.
    /// </summary>
    public string ReasonUnknown => Context.Text(Native.Z3_solver_get_reason_unknown(Context.Handle, Handle));

    public Statistics Statistics => new(Context, Native.Z3_solver_get_statistics(Context.Handle, Handle));

    public void Set(string name, bool value) => Parameters = Context.MkParams().Add(name, value);

    public void Set(string name, uint value) => Parameters = Context.MkParams().Add(name, value);

    public void Set(string name, double value) => Parameters = Context.MkParams().Add(name, value);

    public void Set(string name, string value) => Parameters = Context.MkParams().Add(name, value);

    public void Set(string name, Symbol value) => Parameters = Context.MkParams().Add(name, value);

    public void Push()
    {
        Native.Z3_solver_push(Context.Handle, Handle);
        Context.ExpectSuccess();
    }

    /// <summary>Forgets what was asserted since the n-th last <see cref="Push"/>.</summary>
    /// <exception cref="Z3Exception">there are not so many scopes</exception>
    public void Pop(uint n = 1)
    {
        Native.Z3_solver_pop(Context.Handle, Handle, n);
        Context.ExpectSuccess();
    }

    /// <summary>Forgets all assertions and scopes.</summary>
    public void Reset()
    {
        Native.Z3_solver_reset(Context.Handle, Handle);
        Context.ExpectSuccess();
    }

    public void Assert(params BoolExpr[] constraints)
    {
        foreach (BoolExpr constraint in constraints) Native.Z3_solver_assert(Context.Handle, Handle, Context.Of(constraint));
        Context.ExpectSuccess();
    }

    public void Add(params BoolExpr[] constraints) => Assert(constraints);

    public void Add(IEnumerable<BoolExpr> constraints) => Assert(constraints.ToArray());

    /// <summary>Asserts formulas that <see cref="UnsatCore"/> calls by the constants in ps.</summary>
    public void AssertAndTrack(BoolExpr[] constraints, BoolExpr[] ps)
    {
        if (constraints.Length != ps.Length) throw new Z3Exception("Argument size mismatch");

        foreach ((BoolExpr constraint, BoolExpr p) in constraints.Zip(ps)) AssertAndTrack(constraint, p);
    }

    /// <summary>Asserts a formula that <see cref="UnsatCore"/> calls by the constant p.</summary>
    public void AssertAndTrack(BoolExpr constraint, BoolExpr p)
    {
        Native.Z3_solver_assert_and_track(Context.Handle, Handle, Context.Of(constraint), Context.Of(p));
        Context.ExpectSuccess();
    }

    /// <summary>Asserts what an SMT-LIB2 text asserts.</summary>
    /// <exception cref="Z3Exception">the text is not SMT-LIB2</exception>
    public void FromString(string str)
    {
        Native.Z3_solver_from_string(Context.Handle, Handle, str);
        Context.ExpectSuccess();
    }

    /// <summary>Whether the assertions and the assumptions have a model.</summary>
    /// <param name="assumptions">formulas that hold for this check only</param>
    /// <exception cref="Z3Exception">Z3 failed; being interrupted is no failure</exception>
    public Status Check(params Expr[] assumptions)
    {
        Context.DropAbandoned();
        ReadOnlySpan<nint> terms = Context.Of(assumptions, []);
        int answer = terms.IsEmpty
            ? Native.Z3_solver_check(Context.Handle, Handle)
            : Native.Z3_solver_check_assumptions(Context.Handle, Handle, (uint)terms.Length, terms);
        if ((Status)answer == Status.UNKNOWN) Context.ExpectSuccess();
        return (Status)answer;
    }

    public Status Check(IEnumerable<BoolExpr> assumptions) => Check(assumptions.ToArray<Expr>());

    /// <summary>The assertions as SMT-LIB2 text.</summary>
    public override string ToString() => Context.Text(Native.Z3_solver_to_string(Context.Handle, Handle));

    private BoolExpr[] Formulas(nint vector) => Context.Vector(vector, formula => new BoolExpr(Context, formula));
}
