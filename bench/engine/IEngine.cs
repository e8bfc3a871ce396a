using System.Diagnostics.CodeAnalysis;

namespace EngineBench;

/// <summary>One run of one kernel.</summary>
/// <param name="Kernel">its index in <see cref="KernelImage.Names"/></param>
/// <param name="Rax">what it answered</param>
/// <param name="Seconds">of CPU time</param>
/// <param name="Instructions">retired, if the engine counts them; else 0</param>
internal readonly record struct Run(int Kernel, ulong Rax, double Seconds, ulong Instructions = 0);

/// <summary>Something that executes the kernels.</summary>
internal interface IEngine
{
    string Name { get; }

    /// <summary>What a reader has to know to compare it.</summary>
    string Note { get; }

    /// <summary>Whether a start is so dear that one start runs all kernels.</summary>
    bool RunsAllAtOnce { get; }

    IReadOnlyList<Run> Run(KernelImage image, IReadOnlyList<int> kernels);

    static bool TryFind(string name, [NotNullWhen(true)] out IEngine? engine, out string why)
    {
        engine = null;
        if (name == "unicorn")
        {
            if (GuestBuild.TryMake("build/unicorn", out string harness, out why)) engine = new UnicornPeer(harness);
            else why += " (libunicorn-dev provides it)";
        }
        else
        {
            string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
                .Select(p => Path.Combine(p, "qemu-system-x86_64")).FirstOrDefault(File.Exists);
            why = "no qemu-system-x86_64 on the path (qemu-system-x86 provides it)";
            if (program is not null) engine = new QemuPeer(program);
        }

        return engine is not null;
    }
}
