using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Symbols, sorts and function declarations.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial nint Z3_mk_int_symbol(ContextHandle c, int number);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_mk_string_symbol(ContextHandle c, string name);

    [LibraryImport(Library)]
    internal static partial int Z3_get_symbol_kind(ContextHandle c, nint symbol);

    [LibraryImport(Library)]
    internal static partial int Z3_get_symbol_int(ContextHandle c, nint symbol);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_symbol_string(ContextHandle c, nint symbol);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bool_sort(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_int_sort(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_bv_sort(ContextHandle c, uint size);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_uninterpreted_sort(ContextHandle c, nint name);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_enumeration_sort(
        ContextHandle c, nint name, uint count, ReadOnlySpan<nint> names, Span<nint> constants, Span<nint> testers);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_sort_name(ContextHandle c, nint sort);

    [LibraryImport(Library)]
    internal static partial int Z3_get_sort_kind(ContextHandle c, nint sort);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_bv_sort_size(ContextHandle c, nint sort);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_datatype_sort_num_constructors(ContextHandle c, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_datatype_sort_constructor(ContextHandle c, nint sort, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_datatype_sort_recognizer(ContextHandle c, nint sort, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_func_decl(ContextHandle c, nint name, uint arity, ReadOnlySpan<nint> domain, nint range);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_mk_fresh_func_decl(
        ContextHandle c, string prefix, uint arity, ReadOnlySpan<nint> domain, nint range);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_decl_name(ContextHandle c, nint declaration);

    [LibraryImport(Library)]
    internal static partial int Z3_get_decl_kind(ContextHandle c, nint declaration);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_arity(ContextHandle c, nint declaration);

    [LibraryImport(Library)]
    internal static partial uint Z3_get_domain_size(ContextHandle c, nint declaration);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_domain(ContextHandle c, nint declaration, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_range(ContextHandle c, nint declaration);
}
