namespace Microsoft.Z3;

/// <summary>A term.</summary>
public class Expr : AST
{
    internal Expr(Context context, nint handle) : base(context, handle)
    {
    }

    public Sort Sort => Sort.Create(Context, Native.Z3_get_sort(Context.Handle, Handle));

    /// <summary>What is applied, the term being an application.</summary>
    public FuncDecl FuncDecl => new(Context, Native.Z3_get_app_decl(Context.Handle, Handle));

    /// <summary>0 for what is no application.</summary>
    public uint NumArgs => IsApplication ? Native.Z3_get_app_num_args(Context.Handle, Handle) : 0;

    public Expr[] Args => Context.Each(NumArgs, Arg);

    /// <summary>The position of a bound variable; 0 is the one bound last.</summary>
    public uint Index => IsVar
        ? Native.Z3_get_index_value(Context.Handle, Handle)
        : throw new Z3Exception("Term is not a bound variable.");

    public bool IsNumeral => Kind == AstKind.Numeral;

    public bool IsWellSorted => Native.Z3_is_well_sorted(Context.Handle, Handle);

    public bool IsConst => IsApp && Native.Z3_get_app_num_args(Context.Handle, Handle) == 0;

    public bool IsBool => KindOfSort == SortKind.Boolean;

    public bool IsInt => KindOfSort == SortKind.Integer;

    public bool IsBV => KindOfSort == SortKind.BitVector;

    public bool IsTrue => Native.Z3_get_bool_value(Context.Handle, Handle) == 1;

    public bool IsFalse => Native.Z3_get_bool_value(Context.Handle, Handle) == -1;

    public bool IsEq => Applies(Operation.Equal);

    public bool IsDistinct => Applies(Operation.Distinct);

    public bool IsITE => Applies(Operation.IfThenElse);

    public bool IsAnd => Applies(Operation.And);

    public bool IsOr => Applies(Operation.Or);

    public bool IsIff => Applies(Operation.Iff);

    public bool IsXor => Applies(Operation.Xor);

    public bool IsNot => Applies(Operation.Not);

    public bool IsImplies => Applies(Operation.Implies);

    private bool IsApplication => Kind is AstKind.Application or AstKind.Numeral;

    private SortKind KindOfSort => (SortKind)Native.Z3_get_sort_kind(Context.Handle, Native.Z3_get_sort(Context.Handle, Handle));

    public Expr Arg(uint i) => Create(Context, Native.Z3_get_app_arg(Context.Handle, Handle, i));

    /// <param name="p">parameters of the simplifier, or null for what it does by itself</param>
    public Expr Simplify(Params? p = null) => Create(
        Context,
        p is null ? Native.Z3_simplify(Context.Handle, Handle) : Native.Z3_simplify_ex(Context.Handle, Handle, Context.Of(p)));

    /// <summary>This term with to[i] in place of each from[i], all at once.</summary>
    public Expr Substitute(Expr[] from, Expr[] to)
    {
        if (from.Length != to.Length) throw new Z3Exception("Argument sizes do not match");

        ReadOnlySpan<nint> old = Context.Of(from, []);
        ReadOnlySpan<nint> replacements = Context.Of(to, []);
        return Create(Context, Native.Z3_substitute(Context.Handle, Handle, (uint)from.Length, old, replacements));
    }

    public Expr Substitute(Expr from, Expr to) => Substitute([from], [to]);

    /// <summary>This term with to[i] in place of the free variable of index i.</summary>
    public Expr SubstituteVars(Expr[] to) =>
        Create(Context, Native.Z3_substitute_vars(Context.Handle, Handle, (uint)to.Length, Context.Of(to, [])));

    /// <summary>A term of the class that its sort and form ask for.</summary>
    /// <exception cref="Z3Exception">the handle is 0: the call that was to make the term failed</exception>
    internal static Expr Create(Context context, nint handle)
    {
        if (handle == 0) throw context.Failure();

        AstKind kind = (AstKind)Native.Z3_get_ast_kind(context.Handle, handle);
        if (kind == AstKind.Quantifier) return new Quantifier(context, handle);

        SortKind sort = (SortKind)Native.Z3_get_sort_kind(context.Handle, Native.Z3_get_sort(context.Handle, handle));
        return (sort, kind == AstKind.Numeral) switch
        {
            (SortKind.Boolean, _) => new BoolExpr(context, handle),
            (SortKind.BitVector, false) => new BitVecExpr(context, handle),
            (SortKind.BitVector, true) => new BitVecNum(context, handle),
            (SortKind.Integer, false) => new IntExpr(context, handle),
            (SortKind.Integer, true) => new IntNum(context, handle),
            (SortKind.Real, _) => new ArithExpr(context, handle),
            _ => new Expr(context, handle),
        };
    }

    private bool Applies(Operation operation) =>
        IsApp && Native.Z3_get_decl_kind(Context.Handle, Native.Z3_get_app_decl(Context.Handle, Handle)) == (int)operation;

    /// <summary>Z3_decl_kind of z3_api.h, as far as it is told apart here.</summary>
    private enum Operation
    {
        Equal = 0x102,
        Distinct = 0x103,
        IfThenElse = 0x104,
        And = 0x105,
        Or = 0x106,
        Iff = 0x107,
        Xor = 0x108,
        Not = 0x109,
        Implies = 0x10a,
    }
}
