using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>The version of the library that was loaded.</summary>
public static class Version
{
    public static uint Major => Numbers().Major;

    public static uint Minor => Numbers().Minor;

    public static uint Build => Numbers().Build;

    public static uint Revision => Numbers().Revision;

    /// <summary>The version and the platform Z3 was built for.</summary>
    public static string FullVersion => Marshal.PtrToStringUTF8(Native.Z3_get_full_version())!;

    /// <summary>Major, minor, build and revision, with dots between.</summary>
    public static new string ToString()
    {
        (uint major, uint minor, uint build, uint revision) = Numbers();
        return $"{major}.{minor}.{build}.{revision}";
    }

    private static (uint Major, uint Minor, uint Build, uint Revision) Numbers()
    {
        Native.Z3_get_version(out uint major, out uint minor, out uint build, out uint revision);
        return (major, minor, build, revision);
    }
}
