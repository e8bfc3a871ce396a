using System.Buffers.Binary;
using System.Text;
using Implementation.Hypervisor;

namespace Implementation.Domains;

/// <summary>What an image says of itself to Xen's domain builder (xen/include/public/elfnote.h).</summary>
public sealed record XenNotes
{
    /// <summary>Linear address of the first instruction; e_entry when absent.</summary>
    public ulong? Entry { get; private init; }

    /// <summary>Linear address of the page to fill with hypercall stubs.</summary>
    public ulong? HypercallPage { get; private init; }

    /// <summary>Linear address of pseudo-physical address 0; 0 when absent.</summary>
    public ulong? VirtBase { get; private init; }

    /// <summary>What the image's p_paddr values count from; 0 when absent.</summary>
    public ulong? PaddrOffset { get; private init; }

    /// <summary>Linear address to map the P2M list at; right after the kernel when absent.</summary>
    public ulong? InitP2M { get; private init; }

    /// <summary>The ramdisk may stay unmapped and is handed over by pfn.</summary>
    public bool ModStartPfn { get; private init; }

    /// <summary>A 32-bit image can run with PAE page tables, and so on a 64-bit Xen.</summary>
    public bool IsPae { get; private init; }

    /// <summary>Must be "xen-3.0".</summary>
    public string? XenVersion { get; private init; }

    public string? Loader { get; private init; }

    public string? GuestOs { get; private init; }

    /// <summary>Reads the notes whose owner is "Xen".</summary>
    /// <exception cref="InvalidImageException">a malformed note, no note at all, or not for this loader</exception>
    public static XenNotes Parse(ElfImage image)
    {
        XenNotes? notes = null;
        foreach (ReadOnlyMemory<byte> area in image.NoteAreas)
        {
            ReadOnlySpan<byte> rest = area.Span;
            while (rest.Length > 0)
            {
                (uint type, bool isXens) = Next(ref rest, out ReadOnlySpan<byte> descriptor);
                if (isXens) notes = (notes ?? new()).With(type, descriptor);
            }
        }

        if (notes is null) throw new InvalidImageException("The ELF image has no Xen notes, so it is not a Xen PV guest.");
        if (notes.XenVersion is null || !notes.XenVersion.StartsWith("xen-3.0", StringComparison.Ordinal))
            throw new InvalidImageException("The image's Xen notes do not say that it is built for \"xen-3.0\".");
        if (image.Kind == DomainKind.Pv32Pae && !notes.IsPae)
            throw new InvalidImageException("The 32-bit image's Xen notes do not say that it can do with PAE page tables.");
        if (notes.Loader is not (null or "generic"))
            throw new InvalidImageException("The image's Xen notes ask for another loader than the generic one.");

        return notes;
    }

    /// <summary>Splits one note off: name size, descriptor size, type, then both padded to 4 bytes.</summary>
    private static (uint Type, bool IsXens) Next(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> descriptor)
    {
        const string cut = "A note of the ELF image is cut short.";

        if (rest.Length < 12) throw new InvalidImageException(cut);

        ulong nameSize = U32(rest), descriptorSize = U32(rest[4..]);
        uint type = U32(rest[8..]);
        ulong namePadded = (nameSize + 3) & ~3UL, descriptorPadded = (descriptorSize + 3) & ~3UL;
        rest = rest[12..];
        if (namePadded > (ulong)rest.Length) throw new InvalidImageException(cut);

        bool isXens = rest[..(int)nameSize].SequenceEqual("Xen\0"u8);
        // Debian's 32-bit GRUB has a last note that claims more than there is; libelf reads the string in it nevertheless.
        descriptor = rest.Slice((int)namePadded, (int)Math.Min(descriptorSize, (ulong)rest.Length - namePadded));
        rest = rest[(int)Math.Min(namePadded + descriptorPadded, (ulong)rest.Length)..];
        return (type, isXens);
    }

    private XenNotes With(uint type, ReadOnlySpan<byte> value) => type switch
    {
        1 => this with { Entry = Number(type, value) },
        2 => this with { HypercallPage = Number(type, value) },
        3 => this with { VirtBase = Number(type, value) },
        4 => this with { PaddrOffset = Number(type, value) },
        5 => this with { XenVersion = Text(value) },
        6 => this with { GuestOs = Text(value) },
        9 => this with { IsPae = Text(value) is var mode && (mode.StartsWith("yes", StringComparison.Ordinal) || mode.Contains("bimodal", StringComparison.Ordinal)) },
        8 => this with { Loader = Text(value) },
        15 => this with { InitP2M = Number(type, value) },
        16 => this with { ModStartPfn = Number(type, value) != 0 },
        _ => this,
    };

    private static ulong Number(uint type, ReadOnlySpan<byte> value) => value.Length switch
    {
        4 => U32(value),
        8 => BinaryPrimitives.ReadUInt64LittleEndian(value),
        _ => throw new InvalidImageException($"Xen note {type} is not a number of 4 or 8 bytes."),
    };

    private static string Text(ReadOnlySpan<byte> value)
    {
        int end = value.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? value : value[..end]);
    }

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
