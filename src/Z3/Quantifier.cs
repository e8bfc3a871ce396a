namespace Microsoft.Z3;

/// <summary>For all, or there is.</summary>
public class Quantifier : BoolExpr
{
    internal Quantifier(Context context, nint handle) : base(context, handle)
    {
    }

    public bool IsUniversal => Native.Z3_is_quantifier_forall(Context.Handle, Handle);

    public bool IsExistential => !IsUniversal;

    public uint Weight => Native.Z3_get_quantifier_weight(Context.Handle, Handle);

    public uint NumPatterns => Native.Z3_get_quantifier_num_patterns(Context.Handle, Handle);

    public Pattern[] Patterns => Context.Each(
        NumPatterns, index => new Pattern(Context, Native.Z3_get_quantifier_pattern_ast(Context.Handle, Handle, index)));

    public uint NumBound => Native.Z3_get_quantifier_num_bound(Context.Handle, Handle);

    public Symbol[] BoundVariableNames => Context.Each(
        NumBound, index => Symbol.Create(Context, Native.Z3_get_quantifier_bound_name(Context.Handle, Handle, index)));

    public Sort[] BoundVariableSorts => Context.Each(
        NumBound, index => Sort.Create(Context, Native.Z3_get_quantifier_bound_sort(Context.Handle, Handle, index)));

    /// <summary>The formula, over bound variables.</summary>
    public BoolExpr Body => new(Context, Native.Z3_get_quantifier_body(Context.Handle, Handle));
}

/// <summary>Terms whose appearance makes the solver instantiate a quantifier.</summary>
public class Pattern : AST
{
    internal Pattern(Context context, nint handle) : base(context, handle)
    {
    }

    public uint NumTerms => Native.Z3_get_pattern_num_terms(Context.Handle, Handle);

    public Expr[] Terms => Context.Each(
        NumTerms, index => Expr.Create(Context, Native.Z3_get_pattern(Context.Handle, Handle, index)));
}
