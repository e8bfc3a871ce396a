namespace Microsoft.Z3;

/// <summary>Names, sorts and declarations.</summary>
public sealed partial class Context
{
    public BoolSort BoolSort => MkBoolSort();

    public IntSort IntSort => MkIntSort();

    public IntSymbol MkSymbol(int i) => new(this, Native.Z3_mk_int_symbol(Handle, i));

    public StringSymbol MkSymbol(string name) => new(this, Name(name));

    public BoolSort MkBoolSort() => new(this, Native.Z3_mk_bool_sort(Handle));

    public IntSort MkIntSort() => new(this, Native.Z3_mk_int_sort(Handle));

    /// <param name="size">the width in bits, at least 1</param>
    public BitVecSort MkBitVecSort(uint size) => new(this, Native.Z3_mk_bv_sort(Handle, size));

    public UninterpretedSort MkUninterpretedSort(Symbol s) => new(this, Native.Z3_mk_uninterpreted_sort(Handle, Of(s)));

    public UninterpretedSort MkUninterpretedSort(string str) => new(this, Native.Z3_mk_uninterpreted_sort(Handle, Name(str)));

    public EnumSort MkEnumSort(string name, params string[] enumNames) =>
        MkEnumSort(MkSymbol(name), Array.ConvertAll(enumNames, value => (Symbol)MkSymbol(value)));

    public EnumSort MkEnumSort(Symbol name, params Symbol[] enumNames)
    {
        ReadOnlySpan<nint> names = Of(enumNames, stackalloc nint[Few]);
        nint[] constants = new nint[names.Length];
        nint[] testers = new nint[names.Length];
        return new(this, Native.Z3_mk_enumeration_sort(Handle, Of(name), (uint)names.Length, names, constants, testers));
    }

    public FuncDecl MkFuncDecl(string name, Sort[] domain, Sort range) => Declare(Name(name), domain, range);

    public FuncDecl MkFuncDecl(string name, Sort domain, Sort range) => Declare(Name(name), [domain], range);

    public FuncDecl MkFuncDecl(Symbol name, Sort[] domain, Sort range) => Declare(Of(name), domain, range);

    public FuncDecl MkFuncDecl(Symbol name, Sort domain, Sort range) => Declare(Of(name), [domain], range);

    /// <summary>A function that differs from every other.</summary>
    public FuncDecl MkFreshFuncDecl(string prefix, Sort[] domain, Sort range)
    {
        ReadOnlySpan<nint> sorts = Of(domain, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_fresh_func_decl(Handle, prefix, (uint)sorts.Length, sorts, Of(range)));
    }

    public FuncDecl MkConstDecl(string name, Sort range) => Declare(Name(name), [], range);

    public FuncDecl MkConstDecl(Symbol name, Sort range) => Declare(Of(name), [], range);

    private FuncDecl Declare(nint name, ReadOnlySpan<Z3Object> domain, Sort range)
    {
        ReadOnlySpan<nint> sorts = Of(domain, stackalloc nint[Few]);
        return new(this, Native.Z3_mk_func_decl(Handle, name, (uint)sorts.Length, sorts, Of(range)));
    }

    private nint Name(string name) => Native.Z3_mk_string_symbol(Handle, name);
}
