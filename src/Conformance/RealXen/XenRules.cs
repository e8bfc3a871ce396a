using Conformance.Bridge;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;

namespace Conformance.RealXen;

/// <summary>Which acts real Xen's first domain is not asked, because it is privileged or alone where the stage's domains are neither.</summary>
[Clause("CA-4")]
internal static class XenRules
{
    /// <summary>Frames below this may be somebody's on the emulated machine: 16 GiB, thirty times what it has.</summary>
    private const ulong FirstFrameOfNobody = 1 << 22;

    /// <summary>XENMEM_maximum_gpfn (xen/include/public/memory.h); the first subcommand of xen_version for privileged domains (version.h).</summary>
    private const ulong MaximumGpfn = 14, CommandLine = 9;

    /// <summary>VMASST_CMD_disable, VMASST_TYPE_writable_pagetables (xen/include/public/xen.h).</summary>
    private const ulong DisableAssist = 1, WritablePageTables = 2;

    /// <summary>The flags of update_va_mapping, to which the address of a set of vCPUs may be added.</summary>
    private const ulong MostFlush = 7;

    private const ulong InterruptFlag = 1 << 9;

    private const ulong Present = 1, FrameField = 0x000f_ffff_ffff_f000;

    /// <summary>XENMEMF_: in the low byte the width that frame numbers must fit into, which is heeded from 13 bits on; then a node, named by privileged domains only.</summary>
    private const ulong AddressBits = 0xff, Node = 0xff00, LeastAddressBits = 13;

    /// <summary>Whether it is one for real Xen whatever the stage is like.</summary>
    public static bool IsAsked(Act act)
    {
        if (act.Row.NotOnRealXen is not null || !act.Members.All(IsAsked)) return false;
        if (act.Operation == Operation.Instruction && !IsAsked(Instructions.Of((int)act[0].Bits))) return false;
        // From there on events may come, when the machine's clock says so.
        if (act.Operation == Operation.Return && (ReturnFrame.Of(act).Flags & InterruptFlag) != 0) return false;
        // What comes behind may name a frame that was given back, and has come again: which one comes is Xen's choice.
        if (act.Members.SkipLast(1).Any(TakesMemory)) return false;
        if (DependsOnMachine(act) || !IsReservationAsked(act) || SplitsFrameNumber(act)) return false;
        for (int i = 0; i < act.Row.Fixed.Length; i++)
        {
            if (!IsAsked(act.Row.Fixed[i], act[i])) return false;
        }

        for (int e = 0; e < act.Elements; e++)
        {
            if (act.Operation == Operation.MmuExtOp && WritesSharedPage(act, e)) return false;
            if (act.Operation == Operation.DecreaseReservation && IsSharedPage(act[e, 0])) return false;
            for (int i = 0; i < act.Row.Element.Length; i++)
            {
                if (IsLookedAt(act, e, i) && !IsAsked(act.Row.Element[i], act[e, i])) return false;
            }
        }

        return true;
    }

    /// <summary>The stage's root is to become another table, within one request: with what Xen left in its slots of it (D-13).</summary>
    public static bool ValidatesRoot(Act act) =>
        Parts(act).Skip(1).Any(p => p.Act.Operation == Operation.MmuExtOp && p.Act[p.Element, 0].Bits <= (ulong)ExtCommand.PinL3 && p.Act[p.Element, 1] is { Kind: Reference.Frame, Index: StageFrame.Root });

    /// <summary>A table may be audited that a frame is part of which ceased to be a root in the same request (D-13).</summary>
    public static bool ValidatesLater(Act act) => Parts(act).Skip(1).Any(p => p.Act.Operation switch
    {
        Operation.MmuUpdate => true,
        Operation.MmuExtOp => (ExtCommand)(uint)p.Act[p.Element, 0].Bits is <= ExtCommand.PinL4 or ExtCommand.NewBase or ExtCommand.NewUserBase,
        _ => false,
    });

    /// <summary>The act does several things in one request.</summary>
    public static bool IsSeveral(Act act) => Parts(act).Skip(1).Any();

    private static IEnumerable<(Act Act, int Element)> Parts(Act act) =>
        act.Members.Length > 0 ? act.Members.SelectMany(Parts)
        : act.Row.Element.Length > 0 ? Enumerable.Range(0, act.Elements).Select(e => (act, e))
        : [(act, 0)];

    /// <summary>A page is copied that may have been a root: what Xen and the program have in it is no script's business.</summary>
    public static bool CopiesRoot(Act act, ushort roots) =>
        act.Members.Any(m => CopiesRoot(m, roots))
        || (act.Operation == Operation.MmuExtOp && Enumerable.Range(0, act.Elements).Any(e => (ExtCommand)(uint)act[e, 0].Bits == ExtCommand.CopyPage && MayBeRoot(act[e, 2], roots)));

    private static bool MayBeRoot(in Operand frame, ushort roots) =>
        frame.Kind == Reference.Frame && (frame.Index == StageFrame.Root || (frame.Index < StageFrame.Pool && ((roots >> frame.Index) & 1) != 0));

    /// <summary>Most commands of mmuext_op name one frame, and flushes of every translation none (struct mmuext_op, xen/include/public/xen.h).</summary>
    private static bool IsLookedAt(Act act, int element, int operand) =>
        act.Operation != Operation.MmuExtOp || ((ExtCommand)(uint)act[element, 0].Bits, operand) switch
        {
            (ExtCommand.NewUserBase or ExtCommand.ClearPage or <= ExtCommand.NewBase, 2) => false,
            (ExtCommand.TlbFlushLocal or ExtCommand.TlbFlushAll, > 0) => false,
            _ => true,
        };

    /// <summary>Clocks and the interpreter's own events are in the page that Xen shares with the domain: it is neither copied nor changed.</summary>
    private static bool WritesSharedPage(Act act, int element) => (ExtCommand)(uint)act[element, 0].Bits switch
    {
        ExtCommand.ClearPage => IsSharedPage(act[element, 1]),
        ExtCommand.CopyPage => IsSharedPage(act[element, 1]) || IsSharedPage(act[element, 2]),
        _ => false,
    };

    private static bool IsSharedPage(in Operand operand) => operand is { Kind: Reference.Frame, Index: StageFrame.SharedInfo };

    /// <summary>Whether it is one for real Xen as the stage is.</summary>
    public static bool IsAsked(Act act, StageView stage, Translations translations)
    {
        if (!act.Members.All(m => IsAsked(m, stage, translations))) return false;
        // A count in an entry's place would be an entry that names frame 0, which is the machine's business; where it cannot be left, it is asked.
        bool leavesCount = act.Operation is Operation.MmuUpdate or Operation.MmuExtOp && act[1].Kind == Reference.Number;
        if (leavesCount && Range(act[1].Bits, sizeof(uint)).Any(at => translations.MayStore(stage, at))) return false;
        if (act.Operation == Operation.Write && Translations.Walk(stage, stage.Resolve(act[0]))?.Frame == stage.FrameOf(1, StageFrame.SharedInfo)) return false;
        return act.Operation != Operation.MmuUpdate
            || !Enumerable.Range(0, act.Elements).Any(e => IsSharedPage(act[e, 0]) && (act[e, 2].Bits & 3) != (ulong)UpdateKind.MachPhys);
    }

    /// <summary>Memory names one of some frames.</summary>
    public static bool Names(StageView stage, IReadOnlySet<ulong> frames)
    {
        for (int k = 0; k <= StageFrame.Root; k++)
        {
            foreach (ulong word in stage.Xen.Memory.Entries(stage.FrameOf(1, k).Value))
            {
                if (word != 0 && frames.Contains((word & FrameField) >> 12)) return true;
            }
        }

        return false;
    }

    private static bool TakesMemory(Act act) => act.Operation is Operation.IncreaseReservation or Operation.PopulatePhysmap;

    private static bool IsReservation(Act act) => TakesMemory(act) || act.Operation == Operation.DecreaseReservation;

    /// <summary>
    /// Which frames Xen gives is its own choice, so that scripts name them only by what Xen tells: in the act's buffer. Which frames are
    /// neighbours is the machine's business, and where frames lie that fit into so many bits.
    /// </summary>
    private static bool IsReservationAsked(Act act) =>
        !IsReservation(act)
        || (act[1] == Operand.Buffer() && act[3] == Operand.Number(0) && (act[4].Bits & Node) == 0 && (act[4].Bits & AddressBits) is < LeastAddressBits or >= 64);

    /// <summary>A store over a part of the number of a frame, which leaves the rest of it to be told.</summary>
    private static bool SplitsFrameNumber(Act act) => act.Operation == Operation.Write && (act[0].Bits & 7) > (act[1].Kind == Reference.Number ? 1u : 0u);

    /// <summary>Whether the outcome is Xen's doing: not the hardware's or the program's, and not the choice of features that Xen shows of it.</summary>
    private static bool IsAsked(InstructionRow row) =>
        row.NotOnRealXen is null && !FeatureDependent.Contains(row.Name.Split('_')[0]) && !row.Name.StartsWith("cpuid", StringComparison.Ordinal) && !Machine.Contains(row.Name);

    private static readonly string[] FeatureDependent = ["xgetbv", "xsetbv", "rdtscp", "rdfsbase", "monitor", "mwait", "clac", "vmcall", "vmmcall", "rdpmc", "pushf"];

    private static readonly string[] Machine = ["mov_rax_cr2", "mov_rax_cr3", "mov_rax_cr4"];

    /// <summary>What it answers says how large machine and domain are, how the domain was built, or what only a privileged one is told.</summary>
    private static bool DependsOnMachine(Act act) => act.Operation switch
    {
        Operation.MaximumRamPage or Operation.CurrentReservation or Operation.MaximumReservation or Operation.MemoryMap => true,
        // Xen emulates the first domain's stores to tables whether it asked for that or not, in case they are to device memory.
        Operation.VmAssist => act[0] == Operand.Number(DisableAssist) && act[1] == Operand.Number(WritablePageTables),
        // The toolstack's two ports would be free again, for other domains only.
        Operation.EventReset => act[1] == Operand.Number(Operations.DomidSelf) || act[1].Kind == Reference.Domain,
        Operation.MemoryUnknown => act[0].Bits == MaximumGpfn,
        Operation.XenVersion => act[0].Bits >= CommandLine,
        // Instructions of the scripts name a selector with TI set, which is to lie beyond every table.
        Operation.MmuExtOp => Enumerable.Range(0, act.Elements).Any(e => (ExtCommand)(uint)act[e, 0].Bits == ExtCommand.SetLdt),
        _ => false,
    };

    /// <summary>A reference stands where it means what it is; elsewhere it would be a number that differs from machine to machine.</summary>
    private static bool IsAsked(OperandRow row, in Operand operand) => (operand.Kind, row.Sort) switch
    {
        (Reference.Number, _) => IsAsked(row.Sort, operand.Bits),
        (Reference.Frame, Sort.Frame) => true,
        (Reference.Machine, Sort.Entry) => (operand.Bits & FrameField) == 0,
        (Reference.Port, Sort.Port) => true,
        (Reference.Domain, Sort.Domain or Sort.Self) => true,
        (Reference.Buffer, Sort.Address) => true,
        // Beyond its beginning, or the few bits that say what to flush, lies what earlier acts have left.
        (Reference.Buffer, Sort.Pointer or Sort.OptionalPointer) => operand.Bits == 0,
        (Reference.Buffer, Sort.Flags) => row.Most == MostFlush && operand.Bits < 4,
        (Reference.Buffer, Sort.Frame) => row.Name == "second" && operand.Bits == 0,
        _ => false,
    };

    private static bool IsAsked(Sort sort, ulong number) => sort switch
    {
        // Which frames exist, and whose they are, is the machine's business.
        Sort.Frame => number >= FirstFrameOfNobody,
        Sort.Entry or Sort.Descriptor => (number & FrameField) >> 12 is var frame && (frame == 0 ? (number & Present) == 0 : frame >= FirstFrameOfNobody),
        // How far the machine-to-physical table reaches is the machine's business too.
        Sort.Address or Sort.OptionalPointer => PageEntry.Slot(number, 4) != Abi.FirstXenSlot,
        // What scripts keep in memory are numbers of frames; what Xen would leave there are clocks and ports.
        Sort.Pointer => !Range(number, Recipe.MaxLength).Any(at => PageEntry.Slot(at, 4) == Abi.FirstXenSlot || Stage.RootSlots.Contains(PageEntry.Slot(at, 4))),
        // The toolstack's two ports, for the console and the store, are other domains' only.
        Sort.Port => number is 0 or >= 4096,
        // The first domain's id is 0, and it may act for those that stand for device memory and for Xen.
        Sort.Domain or Sort.Self => (ushort)number is not (0 or 1 or (ushort)Operations.DomidIo or (ushort)Operations.DomidXen),
        _ => true,
    };

    /// <summary>The first address and the last of some bytes.</summary>
    private static ulong[] Range(ulong first, int bytes) => [first, unchecked(first + (ulong)bytes - 1)];
}
