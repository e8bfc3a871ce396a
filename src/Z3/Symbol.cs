using System.Globalization;

namespace Microsoft.Z3;

/// <summary>A name.</summary>
public class Symbol : Z3Object
{
    private protected Symbol(Context context, nint handle) : base(context, Counted.Never, handle)
    {
    }

    public bool IsIntSymbol() => this is IntSymbol;

    public bool IsStringSymbol() => this is StringSymbol;

    public static bool operator ==(Symbol? s1, Symbol? s2) => s1 is null ? s2 is null : s1.Equals(s2);

    public static bool operator !=(Symbol? s1, Symbol? s2) => !(s1 == s2);

    /// <summary>Whether both are the same name in the same context.</summary>
    public override bool Equals(object? obj) => obj is Symbol other && Context == other.Context && Handle == other.Handle;

    public override int GetHashCode() => Handle.GetHashCode();

    public override string ToString() => this switch
    {
        StringSymbol text => text.String,
        IntSymbol number => number.Int.ToString(CultureInfo.InvariantCulture),
        _ => throw new Z3Exception("Unknown symbol kind encountered"),
    };

    internal static Symbol Create(Context context, nint handle) => Native.Z3_get_symbol_kind(context.Handle, handle) == 0
        ? new IntSymbol(context, handle)
        : new StringSymbol(context, handle);
}

/// <summary>A name that is a number.</summary>
public class IntSymbol : Symbol
{
    internal IntSymbol(Context context, nint handle) : base(context, handle)
    {
    }

    public int Int => Native.Z3_get_symbol_int(Context.Handle, Handle);
}

/// <summary>A name that is a text.</summary>
public class StringSymbol : Symbol
{
    internal StringSymbol(Context context, nint handle) : base(context, handle)
    {
    }

    public string String => Context.Text(Native.Z3_get_symbol_string(Context.Handle, Handle));
}
