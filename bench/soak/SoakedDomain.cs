using System.Text.RegularExpressions;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace SoakBench;

/// <summary>One guest, from its start to its end, its limit or its first standstill.</summary>
internal sealed partial record SoakedDomain
{
    private const ulong Pages = 1536, MachineFrames = 3072;

    public required DomainKind Kind { get; init; }

    public required ulong Seed { get; init; }

    public required string End { get; init; }

    public required ulong Instructions { get; init; }

    public required ulong[] Looks { get; init; }

    public required IReadOnlyDictionary<string, ulong> Hypercalls { get; init; }

    public required ulong[] Exceptions { get; init; }

    public required ulong FramesPushed { get; init; }

    public required ulong RootsEmulated { get; init; }

    public required ulong TlbFills { get; init; }

    public required ulong ModeSwitches { get; init; }

    public required WatchCounts Counts { get; init; }

    /// <summary>Where guest code was left last, and the bytes about there.</summary>
    public required string Standing { get; init; }

    /// <summary>What the watch found; null: nothing.</summary>
    public Finding? Finding { get; init; }

    public static SoakedDomain Run(ReadOnlyMemory<byte> image, DomainKind kind, ulong seed, ulong length, Watch watched)
    {
        ModelWatch? watch = watched == Watch.Off ? null : new() { WatchesRings = watched == Watch.All };
        BoundaryCounts counts = new(watch);
        using Xen xen = new(new() { MemoryFrames = MachineFrames, Seed = seed }, counts);
        Domain domain = DomainBuilder.Build(xen, new() { Image = image, MemoryPages = Pages, CommandLine = $"seed={seed}" });
        Looks looks = new(domain, seed);
        string end = Run(xen, domain, length, looks, watch);
        watch?.Finish();
        return new()
        {
            Kind = kind,
            Seed = seed,
            End = end,
            Instructions = domain.Vcpus[0].Cpu.Retired,
            Looks = looks.At.ToArray(),
            Hypercalls = domain.Hypercalls.ByName,
            Exceptions = counts.Exceptions.ToArray(),
            FramesPushed = counts.FramesPushed,
            RootsEmulated = counts.RootsEmulated,
            TlbFills = counts.TlbFills,
            ModeSwitches = counts.ModeSwitches,
            Standing = Stands(domain.Vcpus[0], counts.LastExit),
            Counts = watch?.Counts ?? WatchCounts.None,
            Finding = watch?.Finding,
        };
    }

    private static string Run(Xen xen, Domain domain, ulong length, Looks looks, ModelWatch? watch)
    {
        while (watch?.Finding is null)
        {
            if (domain.Vcpus[0].Cpu.Retired >= length) return "limit";
            RunResult result = xen.Run(domain, new() { Instructions = looks.Next() });
            if (result.Reason == StopReason.Crash) return $"crash: {Numbers().Replace(result.Detail, "*")}";
            if (result.Reason != StopReason.Limit) return $"{result.Reason}";
            looks.Look();
            if (looks.IsStuck) return "a loop that nothing interrupts";
        }

        return "finding";
    }

    private static string Stands(Vcpu vcpu, (CpuExit Exit, ushort Cs, ulong Rip) last)
    {
        ulong start = SoakBench.Looks.Linear(last.Rip) - 8;
        byte[] code = new byte[24];
        string bytes = vcpu.TryRead(start, code) ? Convert.ToHexString(code) : "nothing";
        return $"{vcpu.Domain.CrashReason}; left guest code last at {last.Cs:x}:{last.Rip:x} for {last.Exit}; from {start:x} there is {bytes}";
    }

    [GeneratedRegex("0x[0-9a-f]+")]
    private static partial Regex Numbers();
}
