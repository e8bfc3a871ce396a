using System.Reflection;
using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>Where the solver's library is found: the file that Z3_LIBRARY_PATH names, else libz3.so.4, else libz3.so.</summary>
internal static partial class Native
{
    private const string Library = "libz3";

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    /// <exception cref="DllNotFoundException">no such library on this machine</exception>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;

        if (Environment.GetEnvironmentVariable("Z3_LIBRARY_PATH") is { Length: > 0 } file)
        {
            return NativeLibrary.TryLoad(file, out nint chosen)
                ? chosen
                : throw new DllNotFoundException($"Z3_LIBRARY_PATH names {file}, which cannot be loaded.");
        }
        if (NativeLibrary.TryLoad("libz3.so.4", assembly, path, out nint versioned)) return versioned;
        if (NativeLibrary.TryLoad("libz3.so", assembly, path, out nint plain)) return plain;

        throw new DllNotFoundException("Z3 is not installed: no libz3.so.4 or libz3.so is found (Debian: apt install libz3-4).");
    }
}
