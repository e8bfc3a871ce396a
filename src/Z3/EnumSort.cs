namespace Microsoft.Z3;

/// <summary>A finite set of named values.</summary>
public class EnumSort : Sort
{
    internal EnumSort(Context context, nint handle) : base(context, handle)
    {
    }

    /// <summary>The declarations of the values, in the order given.</summary>
    public FuncDecl[] ConstDecls => Each(ConstDecl);

    /// <summary>The values, in the order given.</summary>
    public Expr[] Consts => Each(Const);

    /// <summary>The predicates that tell the values apart.</summary>
    public FuncDecl[] TesterDecls => Each(TesterDecl);

    public FuncDecl ConstDecl(uint inx) =>
        new(Context, Native.Z3_get_datatype_sort_constructor(Context.Handle, Handle, inx));

    public Expr Const(uint inx) => Context.MkApp(ConstDecl(inx));

    public FuncDecl TesterDecl(uint inx) =>
        new(Context, Native.Z3_get_datatype_sort_recognizer(Context.Handle, Handle, inx));

    private T[] Each<T>(Func<uint, T> of) =>
        Context.Each(Native.Z3_get_datatype_sort_num_constructors(Context.Handle, Handle), of);
}
