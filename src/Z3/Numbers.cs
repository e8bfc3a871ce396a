using System.Globalization;
using System.Numerics;

namespace Microsoft.Z3;

/// <summary>A term that is a number.</summary>
public class ArithExpr : Expr
{
    internal ArithExpr(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>A term that is an integer.</summary>
public class IntExpr : ArithExpr
{
    internal IntExpr(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>An integer.</summary>
public class IntNum : IntExpr
{
    internal IntNum(Context context, nint handle) : base(context, handle)
    {
    }

    /// <exception cref="Z3Exception">it does not fit</exception>
    public int Int => Numeral.Narrow<long, int>(Int64);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public uint UInt => Numeral.Narrow<ulong, uint>(UInt64);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public long Int64 => Numeral.Signed(this);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public ulong UInt64 => Numeral.Unsigned(this);

    public BigInteger BigInteger => BigInteger.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>Decimal digits.</summary>
    public override string ToString() => Numeral.Digits(this);
}

/// <summary>A term that is a word.</summary>
public class BitVecExpr : Expr
{
    internal BitVecExpr(Context context, nint handle) : base(context, handle)
    {
    }

    /// <summary>The width in bits.</summary>
    public uint SortSize => Native.Z3_get_bv_sort_size(Context.Handle, Native.Z3_get_sort(Context.Handle, Handle));
}

/// <summary>A word.</summary>
public class BitVecNum : BitVecExpr
{
    internal BitVecNum(Context context, nint handle) : base(context, handle)
    {
    }

    /// <exception cref="Z3Exception">it does not fit</exception>
    public int Int => Numeral.Narrow<long, int>(Int64);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public uint UInt => Numeral.Narrow<ulong, uint>(UInt64);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public long Int64 => Numeral.Signed(this);

    /// <exception cref="Z3Exception">it does not fit</exception>
    public ulong UInt64 => Numeral.Unsigned(this);

    public BigInteger BigInteger => BigInteger.Parse(ToString(), CultureInfo.InvariantCulture);

    /// <summary>Decimal digits, the word read as unsigned.</summary>
    public override string ToString() => Numeral.Digits(this);
}

/// <summary>Reading numerals.</summary>
internal static class Numeral
{
    internal static long Signed(Expr numeral) =>
        Native.Z3_get_numeral_int64(numeral.Context.Handle, numeral.Handle, out long value)
            ? value
            : throw new Z3Exception("Numeral is not an int64");

    internal static ulong Unsigned(Expr numeral) =>
        Native.Z3_get_numeral_uint64(numeral.Context.Handle, numeral.Handle, out ulong value)
            ? value
            : throw new Z3Exception("Numeral is not a uint64");

    internal static TNarrow Narrow<TWide, TNarrow>(TWide value)
        where TWide : IBinaryInteger<TWide>
        where TNarrow : IBinaryInteger<TNarrow>
    {
        TNarrow narrow = TNarrow.CreateTruncating(value);
        return TWide.CreateTruncating(narrow) == value
            ? narrow
            : throw new Z3Exception($"Numeral is not an {typeof(TNarrow).Name}");
    }

    internal static string Digits(Expr numeral) =>
        numeral.Context.Text(Native.Z3_get_numeral_string(numeral.Context.Handle, numeral.Handle));
}
