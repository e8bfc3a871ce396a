namespace Microsoft.Z3;

/// <summary>A function in a model: some entries, and a value for all other arguments.</summary>
public class FuncInterp : Z3Object
{
    internal FuncInterp(Context context, nint handle) : base(context, Counted.FunctionInterpretation, handle)
    {
    }

    public uint NumEntries => Native.Z3_func_interp_get_num_entries(Context.Handle, Handle);

    public Entry[] Entries => Context.Each(
        NumEntries, index => new Entry(Context, Native.Z3_func_interp_get_entry(Context.Handle, Handle, index)));

    /// <summary>The value where no entry fits.</summary>
    public Expr Else => Expr.Create(Context, Native.Z3_func_interp_get_else(Context.Handle, Handle));

    public uint Arity => Native.Z3_func_interp_get_arity(Context.Handle, Handle);

    /// <summary>As in [[1, 2] -> true, else -> false].</summary>
    public override string ToString()
    {
        IEnumerable<string> entries = Entries.Select(entry => $"{Arguments(entry.Args)} -> {entry.Value}");
        return $"[{string.Join(", ", [.. entries, $"else -> {Else}"])}]";
    }

    private static string Arguments(Expr[] arguments) =>
        arguments is [Expr only] ? only.ToString() : $"[{string.Join(", ", arguments.AsEnumerable())}]";

    /// <summary>The value for one choice of arguments.</summary>
    public class Entry : Z3Object
    {
        internal Entry(Context context, nint handle) : base(context, Counted.FunctionEntry, handle)
        {
        }

        public Expr Value => Expr.Create(Context, Native.Z3_func_entry_get_value(Context.Handle, Handle));

        public uint NumArgs => Native.Z3_func_entry_get_num_args(Context.Handle, Handle);

        public Expr[] Args => Context.Each(
            NumArgs, index => Expr.Create(Context, Native.Z3_func_entry_get_arg(Context.Handle, Handle, index)));

        /// <summary>As in [1, 2, true]: the arguments, then the value.</summary>
        public override string ToString() => $"[{string.Join(", ", [.. Args, Value])}]";
    }
}
