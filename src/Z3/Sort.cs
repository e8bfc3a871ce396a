namespace Microsoft.Z3;

/// <summary>A set of values.</summary>
public class Sort : AST
{
    internal Sort(Context context, nint handle) : base(context, handle)
    {
    }

    public Symbol Name => Symbol.Create(Context, Native.Z3_get_sort_name(Context.Handle, Handle));

    internal static Sort Create(Context context, nint handle) => (SortKind)Native.Z3_get_sort_kind(context.Handle, handle) switch
    {
        SortKind.Uninterpreted => new UninterpretedSort(context, handle),
        SortKind.Boolean => new BoolSort(context, handle),
        SortKind.Integer => new IntSort(context, handle),
        SortKind.BitVector => new BitVecSort(context, handle),
        _ => new Sort(context, handle),
    };
}

/// <summary>True and false.</summary>
public class BoolSort : Sort
{
    internal BoolSort(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>Numbers.</summary>
public class ArithSort : Sort
{
    internal ArithSort(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>The integers.</summary>
public class IntSort : ArithSort
{
    internal IntSort(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>Words of a fixed width.</summary>
public class BitVecSort : Sort
{
    internal BitVecSort(Context context, nint handle) : base(context, handle)
    {
    }

    /// <summary>The width in bits.</summary>
    public uint Size => Native.Z3_get_bv_sort_size(Context.Handle, Handle);
}

/// <summary>Any set that is not empty.</summary>
public class UninterpretedSort : Sort
{
    internal UninterpretedSort(Context context, nint handle) : base(context, handle)
    {
    }
}

/// <summary>Z3_sort_kind of z3_api.h, as far as it is told apart here.</summary>
internal enum SortKind
{
    Uninterpreted = 0,
    Boolean = 1,
    Integer = 2,
    Real = 3,
    BitVector = 4,
}
