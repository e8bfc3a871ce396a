namespace Microsoft.Z3;

/// <summary>Constants, applications, connectives and quantifiers.</summary>
public sealed partial class Context
{
    public Expr MkConst(string name, Sort range) => Expr.Create(this, Native.Z3_mk_const(Handle, Name(name), Of(range)));

    public Expr MkConst(Symbol name, Sort range) => Expr.Create(this, Native.Z3_mk_const(Handle, Of(name), Of(range)));

    public Expr MkConst(FuncDecl f) => MkApp(f);

    /// <summary>A constant that differs from every other.</summary>
    public Expr MkFreshConst(string prefix, Sort range) =>
        Expr.Create(this, Native.Z3_mk_fresh_const(Handle, prefix, Of(range)));

    public BoolExpr MkBoolConst(string name) => new(this, Native.Z3_mk_const(Handle, Name(name), Native.Z3_mk_bool_sort(Handle)));

    public BoolExpr MkBoolConst(Symbol name) => new(this, Native.Z3_mk_const(Handle, Of(name), Native.Z3_mk_bool_sort(Handle)));

    public Expr MkApp(FuncDecl f, params Expr[] args)
    {
        ReadOnlySpan<nint> arguments = Of(args, stackalloc nint[Few]);
        return Expr.Create(this, Native.Z3_mk_app(Handle, Of(f), (uint)arguments.Length, arguments));
    }

    public Expr MkApp(FuncDecl f, IEnumerable<Expr> args) => MkApp(f, args.ToArray());

    public BoolExpr MkTrue() => new(this, Native.Z3_mk_true(Handle));

    public BoolExpr MkFalse() => new(this, Native.Z3_mk_false(Handle));

    public BoolExpr MkBool(bool value) => value ? MkTrue() : MkFalse();

    public BoolExpr MkEq(Expr x, Expr y) => new(this, Native.Z3_mk_eq(Handle, Of(x), Of(y)));

    /// <summary>No two of the terms are equal.</summary>
    public BoolExpr MkDistinct(params Expr[] args)
    {
        ReadOnlySpan<nint> terms = Of(args, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_distinct(Handle, (uint)terms.Length, terms));
    }

    public BoolExpr MkNot(BoolExpr a) => new(this, Native.Z3_mk_not(Handle, Of(a)));

    public Expr MkITE(BoolExpr t1, Expr t2, Expr t3) =>
        Expr.Create(this, Native.Z3_mk_ite(Handle, Of(t1), Of(t2), Of(t3)));

    public BoolExpr MkIff(BoolExpr t1, BoolExpr t2) => new(this, Native.Z3_mk_iff(Handle, Of(t1), Of(t2)));

    public BoolExpr MkImplies(BoolExpr t1, BoolExpr t2) => new(this, Native.Z3_mk_implies(Handle, Of(t1), Of(t2)));

    public BoolExpr MkXor(BoolExpr t1, BoolExpr t2) => new(this, Native.Z3_mk_xor(Handle, Of(t1), Of(t2)));

    public BoolExpr MkAnd(params BoolExpr[] t)
    {
        ReadOnlySpan<nint> terms = Of(t, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_and(Handle, (uint)terms.Length, terms));
    }

    public BoolExpr MkAnd(IEnumerable<BoolExpr> t) => MkAnd(t.ToArray());

    public BoolExpr MkOr(params BoolExpr[] t)
    {
        ReadOnlySpan<nint> terms = Of(t, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_or(Handle, (uint)terms.Length, terms));
    }

    public BoolExpr MkOr(IEnumerable<BoolExpr> t) => MkOr(t.ToArray());

    /// <summary>At most k of the terms are true.</summary>
    public BoolExpr MkAtMost(IEnumerable<BoolExpr> args, uint k)
    {
        ReadOnlySpan<nint> terms = Of(args.ToArray(), stackalloc nint[Few]);
        return new(this, Native.Z3_mk_atmost(Handle, (uint)terms.Length, terms, k));
    }

    /// <summary>At least k of the terms are true.</summary>
    public BoolExpr MkAtLeast(IEnumerable<BoolExpr> args, uint k)
    {
        ReadOnlySpan<nint> terms = Of(args.ToArray(), stackalloc nint[Few]);
        return new(this, Native.Z3_mk_atleast(Handle, (uint)terms.Length, terms, k));
    }

    /// <summary>A variable that a quantifier around it binds; 0 is the one bound last.</summary>
    public Expr MkBound(uint index, Sort ty) => Expr.Create(this, Native.Z3_mk_bound(Handle, index, Of(ty)));

    public Pattern MkPattern(params Expr[] terms)
    {
        ReadOnlySpan<nint> handles = Of(terms, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_pattern(Handle, (uint)handles.Length, handles));
    }

    public Quantifier MkForall(
        Expr[] boundConstants, Expr body, uint weight = 1, Pattern[]? patterns = null, Expr[]? noPatterns = null,
        Symbol? quantifierID = null, Symbol? skolemID = null) =>
        MkQuantifier(true, boundConstants, body, weight, patterns, noPatterns, quantifierID, skolemID);

    public Quantifier MkForall(
        Sort[] sorts, Symbol[] names, Expr body, uint weight = 1, Pattern[]? patterns = null, Expr[]? noPatterns = null,
        Symbol? quantifierID = null, Symbol? skolemID = null) =>
        MkQuantifier(true, sorts, names, body, weight, patterns, noPatterns, quantifierID, skolemID);

    public Quantifier MkExists(
        Expr[] boundConstants, Expr body, uint weight = 1, Pattern[]? patterns = null, Expr[]? noPatterns = null,
        Symbol? quantifierID = null, Symbol? skolemID = null) =>
        MkQuantifier(false, boundConstants, body, weight, patterns, noPatterns, quantifierID, skolemID);

    public Quantifier MkExists(
        Sort[] sorts, Symbol[] names, Expr body, uint weight = 1, Pattern[]? patterns = null, Expr[]? noPatterns = null,
        Symbol? quantifierID = null, Symbol? skolemID = null) =>
        MkQuantifier(false, sorts, names, body, weight, patterns, noPatterns, quantifierID, skolemID);

    /// <summary>A quantifier over constants, which it replaces by variables.</summary>
    public Quantifier MkQuantifier(
        bool universal, Expr[] boundConstants, Expr body, uint weight = 1, Pattern[]? patterns = null,
        Expr[]? noPatterns = null, Symbol? quantifierID = null, Symbol? skolemID = null)
    {
        ReadOnlySpan<nint> bound = Of(boundConstants, stackalloc nint[Few]);
        ReadOnlySpan<nint> triggers = Of(patterns, stackalloc nint[Few]);
        ReadOnlySpan<nint> noTriggers = Of(noPatterns, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_quantifier_const_ex(
            Handle, universal, weight, NameOrNone(quantifierID), NameOrNone(skolemID), (uint)bound.Length, bound,
            (uint)triggers.Length, triggers, (uint)noTriggers.Length, noTriggers, Of(body)));
    }

    /// <summary>A quantifier over variables; the last sort is that of <see cref="MkBound"/>(0, ...).</summary>
    public Quantifier MkQuantifier(
        bool universal, Sort[] sorts, Symbol[] names, Expr body, uint weight = 1, Pattern[]? patterns = null,
        Expr[]? noPatterns = null, Symbol? quantifierID = null, Symbol? skolemID = null)
    {
        ReadOnlySpan<nint> domains = Of(sorts, stackalloc nint[Few]);
        ReadOnlySpan<nint> variables = Of(names, stackalloc nint[Few]);
        if (domains.Length != variables.Length) throw new Z3Exception("Number of sorts does not match number of names");

        ReadOnlySpan<nint> triggers = Of(patterns, stackalloc nint[Few]);
        ReadOnlySpan<nint> noTriggers = Of(noPatterns, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_quantifier_ex(
            Handle, universal, weight, NameOrNone(quantifierID), NameOrNone(skolemID),
            (uint)triggers.Length, triggers, (uint)noTriggers.Length, noTriggers,
            (uint)domains.Length, domains, variables, Of(body)));
    }

    private nint NameOrNone(Symbol? name) => name is null ? 0 : Of(name);
}
