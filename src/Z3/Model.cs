namespace Microsoft.Z3;

/// <summary>A value for every constant, function and uninterpreted sort that matters.</summary>
public class Model : Z3Object
{
    internal Model(Context context, nint handle) : base(context, Counted.Model, handle)
    {
    }

    public uint NumConsts => Native.Z3_model_get_num_consts(Context.Handle, Handle);

    public FuncDecl[] ConstDecls => Context.Each(
        NumConsts, index => new FuncDecl(Context, Native.Z3_model_get_const_decl(Context.Handle, Handle, index)));

    public IEnumerable<KeyValuePair<FuncDecl, Expr>> Consts =>
        ConstDecls.Select(constant => KeyValuePair.Create(constant, ConstInterp(constant)!));

    public uint NumFuncs => Native.Z3_model_get_num_funcs(Context.Handle, Handle);

    public FuncDecl[] FuncDecls => Context.Each(
        NumFuncs, index => new FuncDecl(Context, Native.Z3_model_get_func_decl(Context.Handle, Handle, index)));

    /// <summary>All that has a value: constants, then functions.</summary>
    public FuncDecl[] Decls => [.. ConstDecls, .. FuncDecls];

    public uint NumSorts => Native.Z3_model_get_num_sorts(Context.Handle, Handle);

    /// <summary>The uninterpreted sorts that have a finite universe.</summary>
    public Sort[] Sorts => Context.Each(
        NumSorts, index => Sort.Create(Context, Native.Z3_model_get_sort(Context.Handle, Handle, index)));

    /// <returns>null if the constant has any value</returns>
    public Expr? ConstInterp(Expr a)
    {
        using FuncDecl constant = a.FuncDecl;
        return ConstInterp(constant);
    }

    /// <returns>null if the constant has any value</returns>
    /// <exception cref="Z3Exception">a function of one argument or more</exception>
    public Expr? ConstInterp(FuncDecl f)
    {
        if (f.Arity != 0)
            throw new Z3Exception("Functions of one argument or more have a function interpretation; use FuncInterp");

        nint value = Native.Z3_model_get_const_interp(Context.Handle, Handle, Context.Of(f));
        return value == 0 ? null : Expr.Create(Context, value);
    }

    /// <returns>null if the function may be any</returns>
    /// <exception cref="Z3Exception">a constant</exception>
    public FuncInterp? FuncInterp(FuncDecl f)
    {
        if (f.Arity == 0) throw new Z3Exception("Constant functions do not have a function interpretation; use ConstInterp");

        nint interpretation = Native.Z3_model_get_func_interp(Context.Handle, Handle, Context.Of(f));
        return interpretation == 0 ? null : new FuncInterp(Context, interpretation);
    }

    /// <summary>The value of a term.</summary>
    /// <param name="t">the term</param>
    /// <param name="completion">whether what may have any value gets one, so that a value comes out in every case</param>
    /// <exception cref="ModelEvaluationFailedException">Z3 could not tell</exception>
    public Expr Eval(Expr t, bool completion = false) =>
        Native.Z3_model_eval(Context.Handle, Handle, Context.Of(t), completion, out nint value)
            ? Expr.Create(Context, value)
            : throw new ModelEvaluationFailedException();

    /// <inheritdoc cref="Eval"/>
    public Expr Evaluate(Expr t, bool completion = false) => Eval(t, completion);

    /// <summary>The values of an uninterpreted sort.</summary>
    /// <exception cref="Z3Exception">the sort has no finite universe in this model</exception>
    public Expr[] SortUniverse(Sort s) => Context.Vector(
        Native.Z3_model_get_sort_universe(Context.Handle, Handle, Context.Of(s)), value => Expr.Create(Context, value));

    public override string ToString() => Context.Text(Native.Z3_model_to_string(Context.Handle, Handle));

    /// <summary>A term had no value.</summary>
    public class ModelEvaluationFailedException : Z3Exception
    {
    }
}
