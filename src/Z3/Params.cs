namespace Microsoft.Z3;

/// <summary>Settings of a solver, a tactic or the simplifier.</summary>
public class Params : Z3Object
{
    internal Params(Context context, nint handle) : base(context, Counted.Parameters, handle)
    {
    }

    public Params Add(Symbol name, bool value)
    {
        Native.Z3_params_set_bool(Context.Handle, Handle, Context.Of(name), value);
        return this;
    }

    public Params Add(Symbol name, uint value)
    {
        Native.Z3_params_set_uint(Context.Handle, Handle, Context.Of(name), value);
        return this;
    }

    public Params Add(Symbol name, double value)
    {
        Native.Z3_params_set_double(Context.Handle, Handle, Context.Of(name), value);
        return this;
    }

    public Params Add(Symbol name, string value) => Add(name, Context.MkSymbol(value));

    public Params Add(Symbol name, Symbol value)
    {
        Native.Z3_params_set_symbol(Context.Handle, Handle, Context.Of(name), Context.Of(value));
        return this;
    }

    public Params Add(string name, bool value) => Add(Context.MkSymbol(name), value);

    public Params Add(string name, uint value) => Add(Context.MkSymbol(name), value);

    public Params Add(string name, double value) => Add(Context.MkSymbol(name), value);

    public Params Add(string name, string value) => Add(Context.MkSymbol(name), value);

    public Params Add(string name, Symbol value) => Add(Context.MkSymbol(name), value);

    public override string ToString() => Context.Text(Native.Z3_params_to_string(Context.Handle, Handle));
}
