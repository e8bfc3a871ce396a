using System.Buffers.Binary;

namespace Implementation.Hypervisor;

/// <summary>Reads the members of a guest's structure in their order, each where the guest's ABI has it.</summary>
/// <param name="structure">untrusted, and all there</param>
internal ref struct MemberReader(ReadOnlySpan<byte> structure, GuestAbi abi)
{
    private readonly ReadOnlySpan<byte> _structure = structure;

    /// <summary>Offset of what follows the last member read, before alignment.</summary>
    public int At { get; private set; }

    public byte Byte() => Next(sizeof(byte))[0];

    public ushort Half() => BinaryPrimitives.ReadUInt16LittleEndian(Next(sizeof(ushort)));

    public uint Int() => BinaryPrimitives.ReadUInt32LittleEndian(Next(sizeof(uint)));

    public ulong Long() => BinaryPrimitives.ReadUInt64LittleEndian(Next(sizeof(ulong)));

    /// <summary>A long, a pointer or a frame number.</summary>
    public ulong Word() => abi.WordBytes == sizeof(uint) ? Int() : Long();

    public ReadOnlySpan<byte> Bytes(int count)
    {
        At += count;
        return _structure[(At - count)..At];
    }

    private ReadOnlySpan<byte> Next(int size)
    {
        At = abi.Align(At, size);
        return Bytes(size);
    }
}
