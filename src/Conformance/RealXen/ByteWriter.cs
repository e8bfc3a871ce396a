using System.Buffers;
using System.Buffers.Binary;

namespace Conformance.RealXen;

/// <summary>Numbers, little endian, one behind the other.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _to = new();

    public int Length => _to.WrittenCount;

    public ReadOnlySpan<byte> Written => _to.WrittenSpan;

    public ByteWriter U8(byte value) => Bytes([value]);

    public ByteWriter U16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_to.GetSpan(2), value);
        _to.Advance(2);
        return this;
    }

    public ByteWriter U32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(_to.GetSpan(4), value);
        _to.Advance(4);
        return this;
    }

    public ByteWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _to.Write(bytes);
        return this;
    }
}
