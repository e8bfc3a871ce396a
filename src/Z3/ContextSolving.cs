namespace Microsoft.Z3;

/// <summary>Tactics, solvers and SMT-LIB2 text.</summary>
public sealed partial class Context
{
    public Params MkParams() => new(this, Native.Z3_mk_params(Handle));

    /// <exception cref="Z3Exception">there is no tactic of that name</exception>
    public Tactic MkTactic(string name) => new(this, Native.Z3_mk_tactic(Handle, name));

    public Tactic AndThen(Tactic t1, Tactic t2, params Tactic[] ts)
    {
        Tactic all = new(this, Native.Z3_tactic_and_then(Handle, Of(t1), Of(t2)));
        foreach (Tactic next in ts) all = new(this, Native.Z3_tactic_and_then(Handle, Of(all), Of(next)));
        return all;
    }

    public Tactic Then(Tactic t1, Tactic t2, params Tactic[] ts) => AndThen(t1, t2, ts);

    public Tactic OrElse(Tactic t1, Tactic t2) => new(this, Native.Z3_tactic_or_else(Handle, Of(t1), Of(t2)));

    /// <param name="t">what fails when its time is up</param>
    /// <param name="ms">milliseconds</param>
    public Tactic TryFor(Tactic t, uint ms) => new(this, Native.Z3_tactic_try_for(Handle, Of(t), ms));

    public Tactic UsingParams(Tactic t, Params p) => new(this, Native.Z3_tactic_using_params(Handle, Of(t), Of(p)));

    public Tactic With(Tactic t, Params p) => UsingParams(t, p);

    /// <param name="logic">an SMT-LIB logic, or null to let Z3 choose its methods by the problem</param>
    public Solver MkSolver(Symbol? logic = null) =>
        new(this, logic is null ? Native.Z3_mk_solver(Handle) : Native.Z3_mk_solver_for_logic(Handle, Of(logic)));

    /// <param name="logic">an SMT-LIB logic</param>
    public Solver MkSolver(string logic) => MkSolver(MkSymbol(logic));

    /// <summary>The incremental solver, whatever the problem.</summary>
    public Solver MkSimpleSolver() => new(this, Native.Z3_mk_simple_solver(Handle));

    public Solver MkSolver(Tactic t) => new(this, Native.Z3_mk_solver_from_tactic(Handle, Of(t)));

    /// <summary>A problem as SMT-LIB2 text: declarations, assertions and (check-sat).</summary>
    /// <param name="status">what is known of the answer: "sat", "unsat" or "unknown"</param>
    public string BenchmarkToSMTString(
        string name, string logic, string status, string attributes, BoolExpr[] assumptions, BoolExpr formula)
    {
        ReadOnlySpan<nint> terms = Of(assumptions, stackalloc nint[Few]);
        return Text(Native.Z3_benchmark_to_smtlib_string(
            Handle, name, logic, status, attributes, (uint)terms.Length, terms, Of(formula)));
    }

    /// <summary>The assertions of an SMT-LIB2 text. The names given are known in it beforehand.</summary>
    /// <exception cref="Z3Exception">the text is not SMT-LIB2</exception>
    public BoolExpr[] ParseSMTLIB2String(
        string str, Symbol[]? sortNames = null, Sort[]? sorts = null, Symbol[]? declNames = null, FuncDecl[]? decls = null)
    {
        ReadOnlySpan<nint> namesOfSorts = Of(sortNames, stackalloc nint[Few]);
        ReadOnlySpan<nint> knownSorts = Of(sorts, stackalloc nint[Few]);
        ReadOnlySpan<nint> namesOfDeclarations = Of(declNames, stackalloc nint[Few]);
        ReadOnlySpan<nint> knownDeclarations = Of(decls, stackalloc nint[Few]);
        if (namesOfSorts.Length != knownSorts.Length || namesOfDeclarations.Length != knownDeclarations.Length)
            throw new Z3Exception("Argument size mismatch");

        nint formulas = Native.Z3_parse_smtlib2_string(
            Handle, str, (uint)knownSorts.Length, namesOfSorts, knownSorts,
            (uint)knownDeclarations.Length, namesOfDeclarations, knownDeclarations);
        ExpectSuccess();
        return Vector(formulas, formula => new BoolExpr(this, formula));
    }
}
