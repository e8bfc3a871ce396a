namespace Microsoft.Z3;

/// <summary>A formula.</summary>
public class BoolExpr : Expr
{
    internal BoolExpr(Context context, nint handle) : base(context, handle)
    {
    }

    public static BoolExpr operator |(BoolExpr a, BoolExpr b) => a.Context.MkOr(a, b);

    public static BoolExpr operator &(BoolExpr a, BoolExpr b) => a.Context.MkAnd(a, b);

    public static BoolExpr operator ^(BoolExpr a, BoolExpr b) => a.Context.MkXor(a, b);

    public static BoolExpr operator !(BoolExpr a) => a.Context.MkNot(a);
}
