using System.Buffers.Binary;
using Model;

namespace Conformance.Bridge;

/// <summary>A context as a 32-bit guest lays it out (xen/include/public/arch-x86/xen-x86_32.h): no address in it can be out of bounds.</summary>
internal sealed class GuestContext32(byte[] raw) : GuestContext
{
    public const int Size = 2800;

    private const int UserRegs = 516, TrapContext = UserRegs + 68, LdtBase = TrapContext + (MostTraps * 8), LdtEnts = LdtBase + 4;
    private const int GdtFrames = LdtEnts + 4, GdtEnts = GdtFrames + (16 * 4), ControlRegs = GdtEnts + 4 + 8, LdtEntry = 8;

    public override bool IsSound =>
        Word(LdtBase) % PageSize == 0 && Word(LdtEnts) <= MostLdtEntries
        && (Word(LdtEnts) == 0 || Word(LdtBase) + ((ulong)Word(LdtEnts) * LdtEntry) <= Abi.FirstXenAddress32);

    public override bool HasLdt => Word(LdtEnts) != 0;

    /// <summary>Always: its kernel and its programs have one root.</summary>
    public override bool StartsInKernel => true;

    public override uint Descriptors => Word(GdtEnts);

    /// <summary>Of the folded CR3 (xen_cr3_to_pfn()).</summary>
    public override Mfn Kernel => new(Word(ControlRegs + 12) >> 12 | Word(ControlRegs + 12) << 20);

    public override Mfn User => default;

    protected override ulong DescriptorFrame(int page) => Word(GdtFrames + (page * 4));

    private uint Word(int at) => BinaryPrimitives.ReadUInt32LittleEndian(raw.AsSpan(at));
}
