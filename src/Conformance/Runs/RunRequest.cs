using Implementation.Hypervisor;

namespace Conformance.Runs;

/// <summary>One guest to run, and until when.</summary>
public sealed record RunRequest
{
    /// <summary>The guest kernel, an ELF image; untrusted.</summary>
    public required ReadOnlyMemory<byte> Image { get; init; }

    /// <summary>What messages call the image.</summary>
    public required string ImageName { get; init; }

    /// <summary>Memory of the guest, in frames of 4 KiB.</summary>
    public ulong MemoryPages { get; init; } = 32768;

    /// <summary>Virtual processors, 1..32; the guest brings up all but the first.</summary>
    public int Vcpus { get; init; } = 1;

    public string CommandLine { get; init; } = "";

    public ReadOnlyMemory<byte> Ramdisk { get; init; }

    /// <summary>Where the guest's keys come from.</summary>
    public KeySource Keys { get; init; } = KeySource.None;

    /// <summary>The run ends when the console has shown this text; null: it does not end for a text.</summary>
    public string? Until { get; init; }

    /// <summary>What the guest shows when it waits for keys: the run ends there if none have come and none will.</summary>
    public string? Prompt { get; init; }

    /// <summary>The run ends after this many instructions.</summary>
    public ulong Limit { get; init; } = DefaultLimit;

    /// <summary>Whether the model runs along. Without it nothing is compared and no verdict is possible.</summary>
    public bool IsWatched { get; init; } = true;

    /// <summary>Decides which machine frames the guest gets, and everything else that hardware leaves to chance.</summary>
    public ulong Seed { get; init; }

    /// <summary>A re-made historical fault of the memory management, or null for the product as it is.</summary>
    public Func<Xen, PageTables>? Fault { get; init; }

    /// <summary>Called with each piece of console output as it comes, on the thread that runs the guest.</summary>
    public Action<ReadOnlyMemory<byte>>? Output { get; init; }

    public CancellationToken Interrupt { get; init; }

    /// <summary>Ten times what Debian's kernel needs to boot, and some minutes at most: nothing hangs.</summary>
    public const ulong DefaultLimit = 20_000_000_000;
}
