namespace Implementation.Domains;

/// <summary>What a domain is made of.</summary>
public sealed record DomainConfig
{
    /// <summary>The kernel: an ELF file with Xen notes. Untrusted.</summary>
    public required ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>How messages name the image.</summary>
    public string ImageName { get; init; } = "image";

    /// <summary>Frames of 4 KiB that the domain gets.</summary>
    public ulong MemoryPages { get; init; } = 16384;

    /// <summary>Virtual processors, 1..32.</summary>
    public int Vcpus { get; init; } = 1;

    /// <summary>How many of them are up at the start, each with the context of the first. The others wait for the guest to bring them up.</summary>
    public int VcpusUp { get; init; } = 1;

    public string CommandLine { get; init; } = "";

    /// <summary>The ramdisk, gzip'ed or not; empty for none. Untrusted.</summary>
    public ReadOnlyMemory<byte> Ramdisk { get; init; }
}
