using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Reading models.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial void Z3_model_inc_ref(ContextHandle c, nint model);

    [LibraryImport(Library)]
    internal static partial void Z3_model_dec_ref(nint c, nint model);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_model_eval(
        ContextHandle c, nint model, nint term, [MarshalAs(UnmanagedType.U1)] bool completion, out nint value);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_const_interp(ContextHandle c, nint model, nint declaration);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_func_interp(ContextHandle c, nint model, nint declaration);

    [LibraryImport(Library)]
    internal static partial uint Z3_model_get_num_consts(ContextHandle c, nint model);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_const_decl(ContextHandle c, nint model, uint index);

    [LibraryImport(Library)]
    internal static partial uint Z3_model_get_num_funcs(ContextHandle c, nint model);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_func_decl(ContextHandle c, nint model, uint index);

    [LibraryImport(Library)]
    internal static partial uint Z3_model_get_num_sorts(ContextHandle c, nint model);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_sort(ContextHandle c, nint model, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_get_sort_universe(ContextHandle c, nint model, nint sort);

    [LibraryImport(Library)]
    internal static partial nint Z3_model_to_string(ContextHandle c, nint model);

    [LibraryImport(Library)]
    internal static partial void Z3_func_interp_inc_ref(ContextHandle c, nint interpretation);

    [LibraryImport(Library)]
    internal static partial void Z3_func_interp_dec_ref(nint c, nint interpretation);

    [LibraryImport(Library)]
    internal static partial uint Z3_func_interp_get_num_entries(ContextHandle c, nint interpretation);

    [LibraryImport(Library)]
    internal static partial nint Z3_func_interp_get_entry(ContextHandle c, nint interpretation, uint index);

    [LibraryImport(Library)]
    internal static partial nint Z3_func_interp_get_else(ContextHandle c, nint interpretation);

    [LibraryImport(Library)]
    internal static partial uint Z3_func_interp_get_arity(ContextHandle c, nint interpretation);

    [LibraryImport(Library)]
    internal static partial void Z3_func_entry_inc_ref(ContextHandle c, nint entry);

    [LibraryImport(Library)]
    internal static partial void Z3_func_entry_dec_ref(nint c, nint entry);

    [LibraryImport(Library)]
    internal static partial nint Z3_func_entry_get_value(ContextHandle c, nint entry);

    [LibraryImport(Library)]
    internal static partial uint Z3_func_entry_get_num_args(ContextHandle c, nint entry);

    [LibraryImport(Library)]
    internal static partial nint Z3_func_entry_get_arg(ContextHandle c, nint entry, uint index);
}
