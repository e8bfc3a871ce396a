using System.Buffers.Binary;

namespace EngineBench;

/// <summary>The image that guest/image.asm describes, with the repetitions of one run written into it.</summary>
internal sealed class KernelImage
{
    public const ulong PhysicalBase = 0x100000, VirtualBase = 0x400000, WindowBytes = 8 << 20;
    public const ulong EntryOffset = 0xc00, RootOffset = 0x1000, StackTop = 0xbff000;

    private const int KernelsOffset = 0x400, RepetitionsOffset = 0x800;

    private KernelImage(byte[] bytes, string path, int bits) => (Bytes, Path, Bits) = (bytes, path, bits);

    /// <summary>In the order of the image. The last is counted in words moved, not in instructions like the others.</summary>
    public static IReadOnlyList<string> Names { get; } = ["alu", "mem", "qsort", "sha", "fib", "tlb", "vm", "rep"];

    public static bool CountsForMean(int kernel) => kernel != 7;

    public byte[] Bytes { get; }

    /// <summary>64 or 32: the form of the code.</summary>
    public int Bits { get; }

    /// <summary>Where the HLT stands that ends a run.</summary>
    public ulong End => VirtualBase + EntryOffset + (Bits == 64 ? 2UL : 3UL);

    /// <summary>The file that other processes load.</summary>
    public string Path { get; }

    public ulong AddressOf(int kernel) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(KernelsOffset + kernel * 8));

    public ulong RepetitionsOf(int kernel) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes.AsSpan(RepetitionsOffset + kernel * 8));

    public static KernelImage Load(string path, int bits, double scale)
    {
        byte[] bytes = File.ReadAllBytes(path);
        for (int kernel = 0; kernel < Names.Count; kernel++)
        {
            Span<byte> field = bytes.AsSpan(RepetitionsOffset + kernel * 8);
            double full = BinaryPrimitives.ReadUInt64LittleEndian(field);
            // The work of fib grows by the golden ratio for each step of its argument.
            double scaled = Names[kernel] == "fib" ? full + Math.Log(scale) / Math.Log((1 + Math.Sqrt(5)) / 2) : full * scale;
            BinaryPrimitives.WriteUInt64LittleEndian(field, (ulong)Math.Max(1, Math.Round(scaled)));
        }

        string scaledPath = System.IO.Path.ChangeExtension(path, ".scaled.bin");
        File.WriteAllBytes(scaledPath, bytes);
        return new(bytes, scaledPath, bits);
    }
}
