using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Tactics and solvers.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Z3_mk_tactic(ContextHandle c, string name);

    [LibraryImport(Library)]
    internal static partial void Z3_tactic_inc_ref(ContextHandle c, nint tactic);

    [LibraryImport(Library)]
    internal static partial void Z3_tactic_dec_ref(nint c, nint tactic);

    [LibraryImport(Library)]
    internal static partial nint Z3_tactic_and_then(ContextHandle c, nint first, nint second);

    [LibraryImport(Library)]
    internal static partial nint Z3_tactic_or_else(ContextHandle c, nint first, nint second);

    [LibraryImport(Library)]
    internal static partial nint Z3_tactic_try_for(ContextHandle c, nint tactic, uint milliseconds);

    [LibraryImport(Library)]
    internal static partial nint Z3_tactic_using_params(ContextHandle c, nint tactic, nint parameters);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_solver(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_simple_solver(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_solver_for_logic(ContextHandle c, nint logic);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_solver_from_tactic(ContextHandle c, nint tactic);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_inc_ref(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_dec_ref(nint c, nint solver);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_set_params(ContextHandle c, nint solver, nint parameters);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_push(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_pop(ContextHandle c, nint solver, uint count);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_reset(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial uint Z3_solver_get_num_scopes(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_assert(ContextHandle c, nint solver, nint formula);

    [LibraryImport(Library)]
    internal static partial void Z3_solver_assert_and_track(ContextHandle c, nint solver, nint formula, nint tracker);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Z3_solver_from_string(ContextHandle c, nint solver, string text);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_get_assertions(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial int Z3_solver_check(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial int Z3_solver_check_assumptions(
        ContextHandle c, nint solver, uint count, ReadOnlySpan<nint> assumptions);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_get_model(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_get_unsat_core(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_get_reason_unknown(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_get_statistics(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial nint Z3_solver_to_string(ContextHandle c, nint solver);

    [LibraryImport(Library)]
    internal static partial void Z3_stats_inc_ref(ContextHandle c, nint statistics);

    [LibraryImport(Library)]
    internal static partial void Z3_stats_dec_ref(nint c, nint statistics);

    [LibraryImport(Library)]
    internal static partial nint Z3_stats_to_string(ContextHandle c, nint statistics);

    [LibraryImport(Library)]
    internal static partial uint Z3_stats_size(ContextHandle c, nint statistics);

    [LibraryImport(Library)]
    internal static partial nint Z3_stats_get_key(ContextHandle c, nint statistics, uint index);

    [LibraryImport(Library)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_stats_is_uint(ContextHandle c, nint statistics, uint index);

    [LibraryImport(Library)]
    internal static partial uint Z3_stats_get_uint_value(ContextHandle c, nint statistics, uint index);

    [LibraryImport(Library)]
    internal static partial double Z3_stats_get_double_value(ContextHandle c, nint statistics, uint index);
}
