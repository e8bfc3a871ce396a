using System.Diagnostics;

namespace SoakBench;

/// <summary>Memory in use, in bytes.</summary>
/// <param name="Managed">on the managed heap, after a collection</param>
/// <param name="Resident">of the process</param>
internal readonly record struct Memory(long Managed, long Resident)
{
    public static Memory Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using Process process = Process.GetCurrentProcess();
        return new(GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
    }

    public override string ToString() => $"{Managed / 1048576.0:N1} MiB managed, {Resident / 1048576.0:N1} MiB resident";
}
