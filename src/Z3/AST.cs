namespace Microsoft.Z3;

/// <summary>A sort, a declaration or a term. Z3 shares structure, so equality is identity within a context.</summary>
public class AST : Z3Object, IComparable
{
    internal AST(Context context, nint handle) : base(context, Counted.Ast, handle)
    {
    }

    /// <summary>Unique within the context among what lives at the same time.</summary>
    public uint Id => Native.Z3_get_ast_id(Context.Handle, Handle);

    public bool IsExpr => Kind is AstKind.Application or AstKind.Numeral or AstKind.Variable or AstKind.Quantifier;

    public bool IsApp => Kind == AstKind.Application;

    public bool IsVar => Kind == AstKind.Variable;

    public bool IsQuantifier => Kind == AstKind.Quantifier;

    public bool IsSort => Kind == AstKind.Sort;

    public bool IsFuncDecl => Kind == AstKind.Declaration;

    private protected AstKind Kind => (AstKind)Native.Z3_get_ast_kind(Context.Handle, Handle);

    public static bool operator ==(AST? a, AST? b) => a is null ? b is null : a.Equals(b);

    public static bool operator !=(AST? a, AST? b) => !(a == b);

    public override bool Equals(object? obj) => obj is AST other && Context == other.Context && Handle == other.Handle;

    public override int GetHashCode() => (int)Native.Z3_get_ast_hash(Context.Handle, Handle);

    /// <summary>Orders by <see cref="Id"/>; what is no AST comes first.</summary>
    public int CompareTo(object? obj) => obj is AST ast ? Id.CompareTo(ast.Id) : 1;

    /// <summary>The SMT-LIB2 text, with let for what is shared.</summary>
    public override string ToString() => Context.Text(Native.Z3_ast_to_string(Context.Handle, Handle));

    /// <summary>The SMT-LIB2 text.</summary>
    public string SExpr() => ToString();
}

/// <summary>Z3_ast_kind of z3_api.h.</summary>
internal enum AstKind
{
    Numeral = 0,
    Application = 1,
    Variable = 2,
    Quantifier = 3,
    Sort = 4,
    Declaration = 5,
}
