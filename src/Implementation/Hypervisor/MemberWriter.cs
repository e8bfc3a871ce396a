using System.Buffers.Binary;

namespace Implementation.Hypervisor;

/// <summary>Writes the members of a structure for a guest in their order, each where the guest's ABI has it; gaps stay as they are.</summary>
internal ref struct MemberWriter(Span<byte> structure, GuestAbi abi)
{
    private readonly Span<byte> _structure = structure;

    /// <summary>Offset of what follows the last member written, before alignment.</summary>
    public int At { get; private set; }

    public void Byte(byte value) => Next(sizeof(byte))[0] = value;

    public void Half(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Next(sizeof(ushort)), value);

    public void Int(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Next(sizeof(uint)), value);

    public void Long(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Next(sizeof(ulong)), value);

    /// <summary>A long, a pointer or a frame number, cut to what the guest has for it.</summary>
    public void Word(ulong value)
    {
        if (abi.WordBytes == sizeof(uint)) Int((uint)value);
        else Long(value);
    }

    public Span<byte> Bytes(int count)
    {
        At += count;
        return _structure[(At - count)..At];
    }

    private Span<byte> Next(int size)
    {
        At = abi.Align(At, size);
        return Bytes(size);
    }
}
