namespace Microsoft.Z3;

/// <summary>Integers and words.</summary>
public sealed partial class Context
{
    public IntExpr MkIntConst(string name) => new(this, Native.Z3_mk_const(Handle, Name(name), Native.Z3_mk_int_sort(Handle)));

    public IntExpr MkIntConst(Symbol name) => new(this, Native.Z3_mk_const(Handle, Of(name), Native.Z3_mk_int_sort(Handle)));

    public IntNum MkInt(int v) => MkInt((long)v);

    public IntNum MkInt(uint v) => MkInt((long)v);

    public IntNum MkInt(long v) => new(this, Native.Z3_mk_int64(Handle, v, Native.Z3_mk_int_sort(Handle)));

    public IntNum MkInt(ulong v) => new(this, Native.Z3_mk_unsigned_int64(Handle, v, Native.Z3_mk_int_sort(Handle)));

    /// <param name="v">decimal digits</param>
    public IntNum MkInt(string v) => new(this, Native.Z3_mk_numeral(Handle, v, Native.Z3_mk_int_sort(Handle)));

    public ArithExpr MkAdd(params ArithExpr[] t)
    {
        ReadOnlySpan<nint> terms = Of(t, stackalloc nint[Few]);
        return (ArithExpr)Expr.Create(this, Native.Z3_mk_add(Handle, (uint)terms.Length, terms));
    }

    public ArithExpr MkMul(params ArithExpr[] t)
    {
        ReadOnlySpan<nint> terms = Of(t, stackalloc nint[Few]);
        return (ArithExpr)Expr.Create(this, Native.Z3_mk_mul(Handle, (uint)terms.Length, terms));
    }

    public ArithExpr MkSub(params ArithExpr[] t)
    {
        ReadOnlySpan<nint> terms = Of(t, stackalloc nint[Few]);
        return (ArithExpr)Expr.Create(this, Native.Z3_mk_sub(Handle, (uint)terms.Length, terms));
    }

    public ArithExpr MkUnaryMinus(ArithExpr t) => (ArithExpr)Expr.Create(this, Native.Z3_mk_unary_minus(Handle, Of(t)));

    public BoolExpr MkLt(ArithExpr t1, ArithExpr t2) => new(this, Native.Z3_mk_lt(Handle, Of(t1), Of(t2)));

    public BoolExpr MkLe(ArithExpr t1, ArithExpr t2) => new(this, Native.Z3_mk_le(Handle, Of(t1), Of(t2)));

    public BoolExpr MkGt(ArithExpr t1, ArithExpr t2) => new(this, Native.Z3_mk_gt(Handle, Of(t1), Of(t2)));

    public BoolExpr MkGe(ArithExpr t1, ArithExpr t2) => new(this, Native.Z3_mk_ge(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVConst(string name, uint size) => new(this, Native.Z3_mk_const(Handle, Name(name), WordSort(size)));

    public BitVecExpr MkBVConst(Symbol name, uint size) => new(this, Native.Z3_mk_const(Handle, Of(name), WordSort(size)));

    public BitVecNum MkBV(int v, uint size) => MkBV((long)v, size);

    public BitVecNum MkBV(uint v, uint size) => MkBV((ulong)v, size);

    public BitVecNum MkBV(long v, uint size) => new(this, Native.Z3_mk_int64(Handle, v, WordSort(size)));

    public BitVecNum MkBV(ulong v, uint size) => new(this, Native.Z3_mk_unsigned_int64(Handle, v, WordSort(size)));

    /// <param name="v">decimal digits</param>
    /// <param name="size">the width in bits</param>
    public BitVecNum MkBV(string v, uint size) => new(this, Native.Z3_mk_numeral(Handle, v, WordSort(size)));

    public BitVecExpr MkBVNot(BitVecExpr t) => new(this, Native.Z3_mk_bvnot(Handle, Of(t)));

    public BitVecExpr MkBVNeg(BitVecExpr t) => new(this, Native.Z3_mk_bvneg(Handle, Of(t)));

    public BitVecExpr MkBVAND(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvand(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVOR(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvor(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVXOR(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvxor(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVAdd(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvadd(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVSub(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvsub(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVMul(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvmul(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVUDiv(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvudiv(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVURem(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvurem(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVSHL(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvshl(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkBVLSHR(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvlshr(Handle, Of(t1), Of(t2)));

    public BoolExpr MkBVULT(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvult(Handle, Of(t1), Of(t2)));

    public BoolExpr MkBVULE(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvule(Handle, Of(t1), Of(t2)));

    public BoolExpr MkBVUGT(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvugt(Handle, Of(t1), Of(t2)));

    public BoolExpr MkBVUGE(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_bvuge(Handle, Of(t1), Of(t2)));

    public BitVecExpr MkConcat(BitVecExpr t1, BitVecExpr t2) => new(this, Native.Z3_mk_concat(Handle, Of(t1), Of(t2)));

    /// <summary>Bits low to high, both included.</summary>
    public BitVecExpr MkExtract(uint high, uint low, BitVecExpr t) => new(this, Native.Z3_mk_extract(Handle, high, low, Of(t)));

    /// <param name="i">how many zero bits are put in front</param>
    /// <param name="t">the word</param>
    public BitVecExpr MkZeroExt(uint i, BitVecExpr t) => new(this, Native.Z3_mk_zero_ext(Handle, i, Of(t)));

    /// <exception cref="Z3Exception">there are no words of 0 bits</exception>
    private nint WordSort(uint size)
    {
        nint sort = Native.Z3_mk_bv_sort(Handle, size);
        return sort != 0 ? sort : throw Failure();
    }
}
