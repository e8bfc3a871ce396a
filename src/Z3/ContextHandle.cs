using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>The native context. It is freed with all that was made in it, when the last call on it has returned.</summary>
internal sealed class ContextHandle : SafeHandle
{
    internal ContextHandle(IEnumerable<KeyValuePair<string, string>> settings) : base(0, ownsHandle: true)
    {
        nint config = Native.Z3_mk_config();
        try
        {
            foreach ((string name, string value) in settings) Native.Z3_set_param_value(config, name, value);
            SetHandle(Native.Z3_mk_context_rc(config));
        }
        finally
        {
            Native.Z3_del_config(config);
        }
        Native.Z3_set_error_handler(this, 0); // Errors are read from the context; the default handler ends the process.
    }

    public override bool IsInvalid => handle == 0;

    internal References References { get; } = new();

    protected override bool ReleaseHandle()
    {
        References.Close(handle);
        Native.Z3_del_context(handle);
        return true;
    }
}
