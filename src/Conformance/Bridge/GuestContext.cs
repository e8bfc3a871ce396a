using System.Buffers.Binary;
using Model;

namespace Conformance.Bridge;

/// <summary>The state in which a vCPU is to start, as the guest wrote it: struct vcpu_guest_context (xen/include/public/arch-x86/xen.h).</summary>
/// <remarks>Read by the public header and independently of the hypervisor; only what memory isolation depends on, and what refuses it.</remarks>
internal sealed class GuestContext(byte[] raw)
{
    public const int Size = 5168;

    private const int Flags = 512, UserRegs = 520, TrapContext = 720, LdtBase = 4816, LdtEnts = 4824, GdtFrames = 4832, GdtEnts = 4960, KernelSp = 4976;
    private const int ControlRegs = 4984, EventCallback = 5112, VmAssist = 5136, FsBase = 5144, End = 5168;
    private const int Rip = UserRegs + 128, Rsp = UserRegs + 152, TrapInfo = 16, MostTraps = 256, MostLdtEntries = 8192, PageSize = 4096;
    private const ulong InKernel = 1 << 2;

    /// <summary>The lists of words that must be canonical addresses.</summary>
    private static readonly int[] Addresses =
    [
        Rip, Rsp, KernelSp, .. Range(EventCallback, VmAssist), .. Range(FsBase, End),
        .. Enumerable.Range(0, MostTraps).Select(i => TrapContext + (i * TrapInfo) + 8),
    ];

    public bool IsSound =>
        Addresses.All(at => IsCanonical(Word(at)))
        && Abi.IsGuests(Word(LdtBase)) && Word(LdtBase) % PageSize == 0 && Word(LdtEnts) <= MostLdtEntries
        && (StartsInKernel || Word(ControlRegs + 8) != 0);

    public bool HasLdt => (uint)Word(LdtEnts) != 0;

    public bool StartsInKernel => (Word(Flags) & InKernel) != 0;

    /// <summary>How many descriptors are asked for; more than there can be where the number is beyond 32 bits.</summary>
    public uint Descriptors => (uint)Math.Min(Word(GdtEnts), uint.MaxValue);

    public IEnumerable<ulong> DescriptorFrames => Descriptors > Abi.FirstReservedDescriptor
        ? []
        : Enumerable.Range(0, (int)((Descriptors + Abi.DescriptorsPerPage - 1) / Abi.DescriptorsPerPage)).Select(i => Word(GdtFrames + (i * 8)));

    public Mfn Kernel => new(Word(ControlRegs + 24) >> 12);

    public Mfn User => new(Word(ControlRegs + 8) >> 12);

    private static IEnumerable<int> Range(int first, int end) => Enumerable.Range(0, (end - first) / 8).Select(i => first + (i * 8));

    private static bool IsCanonical(ulong address) => address < 0x0000_8000_0000_0000 || address >= 0xffff_8000_0000_0000;

    private ulong Word(int at) => BinaryPrimitives.ReadUInt64LittleEndian(raw.AsSpan(at));
}
