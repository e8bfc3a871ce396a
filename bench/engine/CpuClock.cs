using System.ComponentModel;
using System.Runtime.InteropServices;

namespace EngineBench;

/// <summary>CPU time in nanosecond steps, of this thread or of another process (clock_gettime(2)).</summary>
internal static partial class CpuClock
{
    private const int ThreadClock = 3; // CLOCK_THREAD_CPUTIME_ID

    /// <summary>Seconds that the calling thread has run.</summary>
    public static double OfThread() => Read(ThreadClock);

    /// <summary>Seconds that all threads of a process have run.</summary>
    public static double OfProcess(int id)
    {
        int error = ClockOfProcess(id, out int clock);
        return error == 0 ? Read(clock) : throw new Win32Exception(error);
    }

    private static double Read(int clock) =>
        ClockGetTime(clock, out TimeSpec time) == 0
            ? time.Seconds + time.Nanoseconds * 1e-9
            : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "clock_getcpuclockid")]
    private static partial int ClockOfProcess(int id, out int clock);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds, Nanoseconds;
    }
}
