using System.Diagnostics;
using Conformance.Watch;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Conformance.Runs;

/// <summary>Runs one guest to its end and says what the watch saw.</summary>
public static class GuestRun
{
    /// <summary>Instructions between two looks at a guest that never calls.</summary>
    private const ulong Part = 100_000_000;

    /// <exception cref="BadInputException">the image is no guest kernel, or does not fit into the memory</exception>
    /// <exception cref="InternalErrorException">the watch failed</exception>
    public static RunOutcome Execute(RunRequest request)
    {
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        ModelWatch? watch = request.IsWatched ? new() : null;
        using Session session = new(request, watch);
        XenOptions options = new() { MemoryFrames = MachineFrames(request.MemoryPages), Seed = request.Seed, PageTables = request.Fault };
        using Xen xen = new(options, session);

        Domain domain = Build(xen, request);
        session.Attach(domain);
        RunResult result = Run(xen, domain, request, session, watch);
        session.ThrowIfFailed();
        watch?.Finish();

        double seconds = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        return session.Conclude(domain, result, seconds);
    }

    /// <summary>Runs in parts, so that a guest which never calls is looked at now and then.</summary>
    /// <remarks>Where a part ends depends on the guest alone, so that the same seed still gives the same run.</remarks>
    private static RunResult Run(Xen xen, Domain domain, RunRequest request, Session session, ModelWatch? watch)
    {
        // A difference at boot is found before there is a run to stop.
        ulong left = watch?.Finding is null ? request.Limit : 0;
        while (true)
        {
            RunResult result = xen.Run(domain, new RunLimits { Instructions = Math.Min(left, Part), Interrupt = request.Interrupt });
            left -= result.Instructions;
            bool isOver = result.Reason != StopReason.Limit || left == 0 || session.EndsBetweenParts();
            if (isOver) return result;
        }
    }

    private static Domain Build(Xen xen, RunRequest request)
    {
        try
        {
            return DomainBuilder.Build(xen, new DomainConfig
            {
                Image = request.Image,
                ImageName = request.ImageName,
                MemoryPages = request.MemoryPages,
                Vcpus = request.Vcpus,
                CommandLine = request.CommandLine,
                Ramdisk = request.Ramdisk,
            });
        }
        catch (InvalidImageException e)
        {
            throw new BadInputException(request.ImageName, e.Message);
        }
    }

    /// <summary>The guest's memory, Xen's own, and a quarter more, so that the guest's frames lie scattered among others.</summary>
    private static ulong MachineFrames(ulong guestPages) => guestPages + (guestPages / 4) + 4096;
}
