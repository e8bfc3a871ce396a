using System.Buffers.Binary;
using System.Text;

namespace Implementation.Domains;

/// <summary>The page that tells a new domain where everything is (struct start_info, xen/include/public/xen.h).</summary>
internal sealed record StartInfo
{
    /// <summary>mod_start is a pfn (SIF_MOD_START_PFN).</summary>
    public const uint ModStartPfn = 1 << 3;

    private const int MaxCommandLine = 1024;

    public ulong Pages { get; init; }

    /// <summary>Machine address of shared_info.</summary>
    public ulong SharedInfo { get; init; }

    public uint Flags { get; init; }

    public ulong StoreMfn { get; init; }

    public uint StorePort { get; init; }

    public ulong ConsoleMfn { get; init; }

    public uint ConsolePort { get; init; }

    /// <summary>Linear address of the root table, and the number of table frames from there.</summary>
    public ulong Tables { get; init; }

    public ulong TableFrames { get; init; }

    /// <summary>Linear address of the P2M.</summary>
    public ulong P2M { get; init; }

    /// <summary>Linear address or pfn of the ramdisk, and its size in bytes.</summary>
    public ulong ModStart { get; init; }

    public ulong ModLength { get; init; }

    public string CommandLine { get; init; } = "";

    /// <summary>First pfn of the P2M and its tables, and how many; 0 unless the P2M has an address of its own.</summary>
    public ulong FirstP2MPfn { get; init; }

    public ulong P2MFrames { get; init; }

    public void Write(Span<byte> page)
    {
        page.Clear();
        "xen-3.0-x86_64"u8.CopyTo(page);
        Put(page, 32, Pages);
        Put(page, 40, SharedInfo);
        Put(page, 48, Flags);
        Put(page, 56, StoreMfn);
        Put(page, 64, StorePort);
        Put(page, 72, ConsoleMfn);
        Put(page, 80, ConsolePort);
        Put(page, 88, Tables);
        Put(page, 96, TableFrames);
        Put(page, 104, P2M);
        Put(page, 112, ModStart);
        Put(page, 120, ModLength);

        byte[] command = Encoding.UTF8.GetBytes(CommandLine);
        command.AsSpan(0, Math.Min(command.Length, MaxCommandLine - 1)).CopyTo(page[128..]);
        Put(page, 1152, FirstP2MPfn);
        Put(page, 1160, P2MFrames);
    }

    // The 32-bit members are followed by padding, so that all can be written as 64 bits.
    private static void Put(Span<byte> page, int offset, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(page[offset..], value);
}
