using System.Buffers.Binary;
using Conformance.Campaigns;
using Conformance.RealXen;
using Conformance.Scripts;

namespace Conformance.Tests.RealXen;

/// <summary>A batch says what the scripts say, read back by the table of docs/real-xen.md.</summary>
public sealed class BatchEncoderTests
{
    private static readonly Operand[] Operands =
    [
        Operand.Number(0), Operand.Number(0xff), Operand.Number(0x100), Operand.Number(ulong.MaxValue), Operand.Frame(1, 12), Operand.Machine(1, 3, 0x67),
        Operand.Machine(1, 10, 0x8000_0000_0000_0067), Operand.Buffer(), Operand.Buffer(8), Operand.Port(1, 300), Operand.DomainId(1),
    ];

    [Fact]
    public void Every_operand_comes_back()
    {
        foreach (Operand operand in Operands)
        {
            BatchReader read = Encode(new Act(1, 0, Operation.Read, operand));

            Assert.Equal((byte)Means.Read, read.U8());
            Assert.Equal(1, read.U8());
            Assert.Equal(operand with { Domain = BatchReader.DomainOf(operand) }, read.Operand());
            Assert.True(read.IsAtEnd);
        }
    }

    [Fact]
    public void A_multicall_comes_back_with_what_its_members_yield()
    {
        Act port = new(1, 0, Operation.EventAllocUnbound, Operand.Buffer(), Operand.Number(Operations.DomidSelf), Operand.DomainId(1));
        Act act = new(1, 0, Operation.Multicall, [], [port, new Act(1, 0, Operation.SchedYield)]);
        Recipe recipe = Recipe.Of(act);
        BatchReader read = Encode(act);

        Assert.Equal((byte)Means.Hypercall, read.U8());
        Assert.Equal(1, read.U8());
        foreach (Operand register in recipe.Registers) Assert.Equal(register, read.Operand());
        Assert.Equal(recipe.Length, read.U16());
        Assert.Equal(recipe.Fields.Length, read.U16());
        foreach (Field field in recipe.Fields)
        {
            Assert.Equal(field.Offset, read.U16());
            Assert.Equal(field.Bytes, read.U8());
            Assert.Equal(field.Value with { Domain = BatchReader.DomainOf(field.Value) }, read.Operand());
        }

        Assert.Equal((2, 1), (read.U8(), read.U8()));
        Assert.Equal((3, 5, 9), (read.U16(), read.U16(), read.U16()));
        Assert.Equal(((byte)YieldKind.Port, 0, recipe.Calls[0].Yield.Offset), (read.U8(), read.U8(), read.U16()));
        Assert.True(read.IsAtEnd);
    }

    /// <summary>One act, behind the headers of batch and script.</summary>
    private static BatchReader Encode(Act act)
    {
        PlannedAct planned = new(act, 0, default, [], IsCompared: true, Adopts: 3, Moved: 5, Unrooted: 9, "R-1");
        ScriptPlan plan = new(new(new(), [act]), [default(StepResult)], [planned], Roots: 6, new([], []), null);
        BatchReader read = new(BatchEncoder.Encode([plan], verbose: true));
        Assert.Equal((BatchEncoder.Magic, BatchEncoder.Version, 1u, 1u), (read.U32(), read.U32(), read.U32(), read.U32()));
        uint body = read.U32(), length = read.U32();
        Assert.Equal(body, length + 10);
        Assert.Equal((1, plan.Resets ? 1 : 0, 6), (read.U16(), read.U16(), read.U16()));
        return read;
    }

    private sealed class BatchReader(byte[] batch)
    {
        private int _at;

        public bool IsAtEnd => _at == batch.Length;

        public byte U8() => batch[_at++];

        public ushort U16() => (ushort)Take(2);

        public uint U32() => (uint)Take(4);

        /// <summary>Only ids of domains have a domain: there is one.</summary>
        public static byte DomainOf(Operand operand) => operand.Kind == Reference.Domain ? operand.Domain : (byte)0;

        public Operand Operand()
        {
            byte tag = U8();
            Reference kind = (Reference)(tag & 15);
            ushort index = kind switch { Reference.Frame or Reference.Machine => U8(), Reference.Port => U16(), _ => 0 };
            byte domain = kind == Reference.Domain ? U8() : (byte)0;
            return new(kind, domain, index, Take(tag >> 4));
        }

        private ulong Take(int bytes)
        {
            Span<byte> all = stackalloc byte[8];
            batch.AsSpan(_at, bytes).CopyTo(all);
            _at += bytes;
            return BinaryPrimitives.ReadUInt64LittleEndian(all);
        }
    }
}
