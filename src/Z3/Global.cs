using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Settings of the whole process. They hold for contexts that are made afterwards.</summary>
public static class Global
{
    public static void SetParameter(string id, string value) => Native.Z3_global_param_set(id, value);

    /// <returns>null if there is no such parameter</returns>
    public static string? GetParameter(string id) =>
        Native.Z3_global_param_get(id, out nint value) ? Marshal.PtrToStringUTF8(value) : null;

    public static void ResetParameters() => Native.Z3_global_param_reset_all();

    /// <summary>Whether Z3 prints warnings to standard error; it does at first.</summary>
    public static void ToggleWarningMessages(bool enabled) => Native.Z3_toggle_warning_messages(enabled);
}
