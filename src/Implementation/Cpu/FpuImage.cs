namespace Implementation.Cpu;

/// <summary>The 512-byte image of FXSAVE and FXRSTOR in 64-bit format (SDM Vol. 1, table 10-2).</summary>
internal static unsafe class FpuImage
{
    public const int Size = 512;
    private const int MxcsrOffset = 24, DataOffset = 32, DataBytes = 16, XmmOffset = 160;

    /// <summary>The bits of MXCSR that exist; loading others is #GP.</summary>
    public const uint MxcsrMask = 0xFFFF;

    public static void Save(CpuState* c, Span<byte> image)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(image.Length, Size);
        image[..Size].Clear();
        new Span<byte>(c->X87, DataOffset).CopyTo(image);
        BitConverter.TryWriteBytes(image[MxcsrOffset..], c->Mxcsr);
        BitConverter.TryWriteBytes(image[(MxcsrOffset + 4)..], MxcsrMask);
        for (int i = 0; i < 8; i++) Fpu.Data(c, i).CopyTo(image[(DataOffset + (DataBytes * i))..]);
        new Span<byte>(c->Xmm, 256).CopyTo(image[XmmOffset..]);
    }

    /// <summary>Whether FXRSTOR takes the image: no reserved bit of MXCSR is set.</summary>
    public static bool IsAcceptable(ReadOnlySpan<byte> image) => (BitConverter.ToUInt32(image[MxcsrOffset..]) & ~MxcsrMask) == 0;

    public static void Load(CpuState* c, ReadOnlySpan<byte> image)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(image.Length, Size);
        image[..DataOffset].CopyTo(new Span<byte>(c->X87, DataOffset));
        Fpu.LoadControl(c, Fpu.Control(c));
        c->Mxcsr = BitConverter.ToUInt32(image[MxcsrOffset..]) & MxcsrMask;
        for (int i = 0; i < 8; i++) image.Slice(DataOffset + (DataBytes * i), Fpu.ExtendedBytes).CopyTo(Fpu.Data(c, i));
        image.Slice(XmmOffset, 256).CopyTo(new Span<byte>(c->Xmm, 256));
    }
}
