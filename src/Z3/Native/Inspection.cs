using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Looking into terms, and rewriting them.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial int Z3_get_ast_kind(ContextHandle c, nint ast);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_ast_id(ContextHandle c, nint ast);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_ast_hash(ContextHandle c, nint ast);

    [LibraryImport(Library)]
    internal static partial nint Z3_ast_to_string(ContextHandle c, nint ast);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_sort(ContextHandle c, nint term);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_app_decl(ContextHandle c, nint application);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_app_num_args(ContextHandle c, nint application);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_app_arg(ContextHandle c, nint application, uint index);

    [LibraryImport(Library)]
    internal static partial int Z3_get_bool_value(ContextHandle c, nint term);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_is_well_sorted(ContextHandle c, nint term);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_get_numeral_uint64(ContextHandle c, nint numeral, out ulong value);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_get_numeral_int64(ContextHandle c, nint numeral, out long value);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_numeral_string(ContextHandle c, nint numeral);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_index_value(ContextHandle c, nint variable);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_is_quantifier_forall(ContextHandle c, nint quantifier);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_quantifier_weight(ContextHandle c, nint quantifier);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_quantifier_num_patterns(ContextHandle c, nint quantifier);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_quantifier_pattern_ast(ContextHandle c, nint quantifier, uint index);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_quantifier_num_bound(ContextHandle c, nint quantifier);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_quantifier_bound_name(ContextHandle c, nint quantifier, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_quantifier_bound_sort(ContextHandle c, nint quantifier, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_quantifier_body(ContextHandle c, nint quantifier);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_pattern_num_terms(ContextHandle c, nint pattern);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_pattern(ContextHandle c, nint pattern, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_simplify(ContextHandle c, nint term);

    [LibraryImport(Library)]
    internal static partial nint Z3_simplify_ex(ContextHandle c, nint term, nint parameters);

    [LibraryImport(Library)]
    internal static partial nint Z3_substitute(
        ContextHandle c, nint term, uint count, ReadOnlySpan<nint> from, ReadOnlySpan<nint> to);

    [LibraryImport(Library)]
    internal static partial nint Z3_substitute_vars(ContextHandle c, nint term, uint count, ReadOnlySpan<nint> to);

    [LibraryImport(Library)]
    internal static partial void Z3_ast_vector_inc_ref(ContextHandle c, nint vector);

    [LibraryImport(Library)]
    internal static partial void Z3_ast_vector_dec_ref(ContextHandle c, nint vector);

    [LibraryImport(Library)]
    internal static partial uint Z3_ast_vector_size(ContextHandle c, nint vector);

    [LibraryImport(Library)]
    internal static partial nint Z3_ast_vector_get(ContextHandle c, nint vector, uint index);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_benchmark_to_smtlib_string(
        ContextHandle c, string name, string logic, string status, string attributes, uint count,
        ReadOnlySpan<nint> assumptions, nint formula);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_parse_smtlib2_string(
        ContextHandle c, string text, uint sortCount, ReadOnlySpan<nint> sortNames, ReadOnlySpan<nint> sorts,
        uint declarationCount, ReadOnlySpan<nint> declarationNames, ReadOnlySpan<nint> declarations);
}
