using System.IO.Compression;
using System.Runtime.InteropServices;

namespace Implementation.Domains;

/// <summary>The ramdisk as the guest gets it: the toolstack undoes gzip, so that the guest need not.</summary>
internal static class Ramdisk
{
    /// <summary>Decompresses it if it is a gzip file; what only looks like one goes to the guest as it is.</summary>
    /// <param name="file">untrusted</param>
    /// <param name="limit">most bytes that can be of use</param>
    /// <exception cref="InvalidImageException">larger than <paramref name="limit"/></exception>
    public static ReadOnlyMemory<byte> Unpack(ReadOnlyMemory<byte> file, ulong limit)
    {
        bool isPacked = file.Length > 2 && file.Span[0] == 0x1f && file.Span[1] == 0x8b;
        ReadOnlyMemory<byte> unpacked = isPacked ? Decompress(file, limit) ?? file : file;
        if ((ulong)unpacked.Length > limit) throw TooLarge();

        return unpacked;
    }

    private static ReadOnlyMemory<byte>? Decompress(ReadOnlyMemory<byte> file, ulong limit)
    {
        using Stream packed = MemoryMarshal.TryGetArray(file, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(file.ToArray(), writable: false);
        using GZipStream gzip = new(packed, CompressionMode.Decompress);
        using MemoryStream unpacked = new();
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = gzip.Read(buffer)) > 0; unpacked.Write(buffer, 0, read))
            {
                if ((ulong)(unpacked.Length + read) > limit) throw TooLarge();
            }
        }
        catch (InvalidDataException)
        {
            return null; // Not a gzip file after all: xc_try_zlib_decode() hands it over unchanged too.
        }

        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }

    private static InvalidImageException TooLarge() => new("The ramdisk does not fit into the domain's memory.");
}
