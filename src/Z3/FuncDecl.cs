namespace Microsoft.Z3;

/// <summary>A constant or a function.</summary>
public class FuncDecl : AST
{
    internal FuncDecl(Context context, nint handle) : base(context, handle)
    {
    }

    public Symbol Name => Symbol.Create(Context, Native.Z3_get_decl_name(Context.Handle, Handle));

    /// <summary>How many arguments it takes.</summary>
    public uint Arity => Native.Z3_get_arity(Context.Handle, Handle);

    /// <summary>How many sorts <see cref="Domain"/> has.</summary>
    public uint DomainSize => Native.Z3_get_domain_size(Context.Handle, Handle);

    public Sort[] Domain =>
        Context.Each(DomainSize, index => Sort.Create(Context, Native.Z3_get_domain(Context.Handle, Handle, index)));

    public Sort Range => Sort.Create(Context, Native.Z3_get_range(Context.Handle, Handle));

    public Expr this[params Expr[] args] => Apply(args);

    public Expr Apply(params Expr[] args) => Context.MkApp(this, args);
}
