using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Process-wide settings, and the life and errors of a context.</summary>
/// <remarks>Named and documented in z3_api.h.</remarks>
internal static partial class Native
{
    [LibraryImport(Library)]
    internal static partial void Z3_get_version(out uint major, out uint minor, out uint build, out uint revision);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_full_version();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Z3_global_param_set(string name, string value);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [return: MarshalAs(UnmanagedType.U1)]
    internal static partial bool Z3_global_param_get(string name, out nint value);

    [LibraryImport(Library)]
    internal static partial void Z3_global_param_reset_all();

    [LibraryImport(Library)]
    internal static partial void Z3_toggle_warning_messages([MarshalAs(UnmanagedType.U1)] bool enabled);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_config();

    [LibraryImport(Library)]
    internal static partial void Z3_del_config(nint config);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void Z3_set_param_value(nint config, string name, string value);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_context_rc(nint config);

    [LibraryImport(Library)]
    internal static partial void Z3_del_context(nint context);

    [LibraryImport(Library)]
    internal static partial void Z3_set_error_handler(ContextHandle c, nint handler);

    [LibraryImport(Library)]
    internal static partial int Z3_get_error_code(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial nint Z3_get_error_msg(ContextHandle c, int error);

    [LibraryImport(Library)]
    internal static partial void Z3_set_error(ContextHandle c, int error);

    [LibraryImport(Library)]
    internal static partial void Z3_interrupt(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial void Z3_inc_ref(ContextHandle c, nint ast);

    [LibraryImport(Library)]
    internal static partial void Z3_dec_ref(nint c, nint ast);

    [LibraryImport(Library)]
    internal static partial nint Z3_mk_params(ContextHandle c);

    [LibraryImport(Library)]
    internal static partial void Z3_params_inc_ref(ContextHandle c, nint parameters);

    [LibraryImport(Library)]
    internal static partial void Z3_params_dec_ref(nint c, nint parameters);

    [LibraryImport(Library)]
    internal static partial void Z3_params_set_bool(
        ContextHandle c, nint parameters, nint name, [MarshalAs(UnmanagedType.U1)] bool value);

    [LibraryImport(Library)]
    internal static partial void Z3_params_set_uint(ContextHandle c, nint parameters, nint name, uint value);

    [LibraryImport(Library)]
    internal static partial void Z3_params_set_double(ContextHandle c, nint parameters, nint name, double value);

    [LibraryImport(Library)]
    internal static partial void Z3_params_set_symbol(ContextHandle c, nint parameters, nint name, nint value);

    [LibraryImport(Library)]
    internal static partial nint Z3_params_to_string(ContextHandle c, nint parameters);
}
