using System.Buffers.Binary;
using Model;

namespace Conformance.Bridge;

/// <summary>A context as a 64-bit guest lays it out (xen/include/public/arch-x86/xen-x86_64.h).</summary>
internal sealed class GuestContext64(byte[] raw) : GuestContext
{
    public const int Size = 5168;

    private const int Flags = 512, UserRegs = 520, TrapContext = 720, LdtBase = 4816, LdtEnts = 4824, GdtFrames = 4832, GdtEnts = 4960, KernelSp = 4976;
    private const int ControlRegs = 4984, EventCallback = 5112, VmAssist = 5136, FsBase = 5144, End = 5168;
    private const int Rip = UserRegs + 128, Rsp = UserRegs + 152, TrapInfo = 16;
    private const ulong InKernel = 1 << 2;

    /// <summary>The lists of words that must be canonical addresses.</summary>
    private static readonly int[] Addresses =
    [
        Rip, Rsp, KernelSp, .. Range(EventCallback, VmAssist), .. Range(FsBase, End),
        .. Enumerable.Range(0, MostTraps).Select(i => TrapContext + (i * TrapInfo) + 8),
    ];

    public override bool IsSound =>
        Addresses.All(at => IsCanonical(Word(at)))
        && Abi.IsGuests(Word(LdtBase)) && Word(LdtBase) % PageSize == 0 && Word(LdtEnts) <= MostLdtEntries
        && (StartsInKernel || Word(ControlRegs + 8) != 0);

    public override bool HasLdt => (uint)Word(LdtEnts) != 0;

    public override bool StartsInKernel => (Word(Flags) & InKernel) != 0;

    public override uint Descriptors => (uint)Math.Min(Word(GdtEnts), uint.MaxValue);

    public override Mfn Kernel => new(Word(ControlRegs + 24) >> 12);

    public override Mfn User => new(Word(ControlRegs + 8) >> 12);

    protected override ulong DescriptorFrame(int page) => Word(GdtFrames + (page * 8));

    private static IEnumerable<int> Range(int first, int end) => Enumerable.Range(0, (end - first) / 8).Select(i => first + (i * 8));

    private static bool IsCanonical(ulong address) => address < 0x0000_8000_0000_0000 || address >= 0xffff_8000_0000_0000;

    private ulong Word(int at) => BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(at));
}
