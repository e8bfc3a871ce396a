using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Making terms.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial nint Z3_mk_const(ContextHandle c, nint name, nint sort);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_mk_fresh_const(ContextHandle c, string prefix, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_app(ContextHandle c, nint declaration, uint count, ReadOnlySpan<nint> arguments);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bound(ContextHandle c, uint index, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_pattern(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_true(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_false(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_eq(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_distinct(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_not(ContextHandle c, nint a);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_ite(ContextHandle c, nint condition, nint then, nint otherwise);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_iff(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_implies(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_xor(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_and(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_or(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_atmost(ContextHandle c, uint count, ReadOnlySpan<nint> terms, uint bound);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_atleast(ContextHandle c, uint count, ReadOnlySpan<nint> terms, uint bound);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_add(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_mul(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_sub(ContextHandle c, uint count, ReadOnlySpan<nint> terms);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_unary_minus(ContextHandle c, nint a);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_lt(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_le(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_gt(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_ge(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvnot(ContextHandle c, nint a);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvneg(ContextHandle c, nint a);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvand(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvor(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvxor(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvadd(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvsub(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvmul(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvudiv(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvurem(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvshl(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvlshr(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvult(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvule(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvugt(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bvuge(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_concat(ContextHandle c, nint a, nint b);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_extract(ContextHandle c, uint high, uint low, nint a);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_zero_ext(ContextHandle c, uint bits, nint a);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_mk_numeral(ContextHandle c, string value, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_int64(ContextHandle c, long value, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_unsigned_int64(ContextHandle c, ulong value, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_quantifier_ex(
        ContextHandle c, [MarshalAs(UnmanagedType.U1)] bool universal, uint weight, nint quantifier, nint skolem,
        uint patternCount, ReadOnlySpan<nint> patterns, uint noPatternCount, ReadOnlySpan<nint> noPatterns,
        uint count, ReadOnlySpan<nint> sorts, ReadOnlySpan<nint> names, nint body);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_quantifier_const_ex(
        ContextHandle c, [MarshalAs(UnmanagedType.U1)] bool universal, uint weight, nint quantifier, nint skolem,
        uint count, ReadOnlySpan<nint> bound,
        uint patternCount, ReadOnlySpan<nint> patterns, uint noPatternCount, ReadOnlySpan<nint> noPatterns, nint body);
}
