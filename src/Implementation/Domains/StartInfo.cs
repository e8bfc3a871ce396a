using System.Text;
using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>The page that tells a new domain where everything is (struct start_info, xen/include/public/xen.h).</summary>
internal sealed record StartInfo
{
    /// <summary>mod_start is a pfn (SIF_MOD_START_PFN).</summary>
    public const uint ModStartPfn = 1 << 3;

    private const int MagicBytes = 32, MaxCommandLine = 1024;

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

    public void Write(Span<byte> page, DomainKind kind)
    {
        page.Clear();
        MemberWriter members = new(page, GuestAbi.Of(kind));
        (kind == DomainKind.Pv32Pae ? "xen-3.0-x86_32p"u8 : "xen-3.0-x86_64"u8).CopyTo(members.Bytes(MagicBytes));
        members.Word(Pages);
        members.Word(SharedInfo);
        members.Int(Flags);
        members.Word(StoreMfn);
        members.Int(StorePort);
        members.Word(ConsoleMfn);
        members.Int(ConsolePort);
        members.Word(Tables);
        members.Word(TableFrames);
        members.Word(P2M);
        members.Word(ModStart);
        members.Word(ModLength);

        byte[] command = Encoding.UTF8.GetBytes(CommandLine);
        command.AsSpan(0, Math.Min(command.Length, MaxCommandLine - 1)).CopyTo(members.Bytes(MaxCommandLine));
        members.Word(FirstP2MPfn);
        members.Word(P2MFrames);
    }
}
