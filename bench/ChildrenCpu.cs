using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Bench;

/// <summary>CPU time of the processes that this one started and that have ended (getrusage(2)).</summary>
internal static unsafe partial class ChildrenCpu
{
    private const int Children = -1; // RUSAGE_CHILDREN
    private const int Words = 18;    // of struct rusage: user and system time first, seconds and microseconds each

    /// <summary>User and system time together.</summary>
    public static double Seconds()
    {
        long* usage = stackalloc long[Words];
        if (GetUsage(Children, usage) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
        return usage[0] + usage[2] + ((usage[1] + usage[3]) * 1e-6);
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, long* usage);
}
