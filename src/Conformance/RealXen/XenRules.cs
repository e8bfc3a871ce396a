using Conformance.Bridge;
using Conformance.Scripts;
using Conformance.Simulation;
using Model;
using PageType = Model.PageType;

namespace Conformance.RealXen;

/// <summary>Which acts real Xen's first domain is not asked, because it is privileged or alone where the stage's domains are neither.</summary>
internal static class XenRules
{
    /// <summary>Frames below this may be somebody's on the emulated machine: 16 GiB, thirty times what it has.</summary>
    private const ulong FirstFrameOfNobody = 1 << 22;

    /// <summary>XENMEM_maximum_gpfn (xen/include/public/memory.h); the first subcommand of xen_version for privileged domains (version.h).</summary>
    private const ulong MaximumGpfn = 14, CommandLine = 9;

    /// <summary>Bits of an entry: present; the cache attributes PWT, PCD, and PAT of a leaf, which is PSE of another.</summary>
    private const ulong Present = 1, CacheAttributes = 0x18, Pat = 0x80;

    /// <summary>Whether it is one for real Xen whatever the stage is like.</summary>
    public static bool IsAsked(Act act)
    {
        if (act.Row.NotOnRealXen is not null || !act.Members.All(IsAsked)) return false;
        if (act.Operation == Operation.Instruction && !IsAsked(Instructions.Of((int)act[0].Bits))) return false;
        if (DependsOnMachine(act) || TakesDomainFromMemory(act)) return false;
        // Which frames Xen gives is its own choice, so that scripts name them only by what Xen tells: one to an extent, in the act's buffer.
        if (act.Operation is Operation.IncreaseReservation or Operation.PopulatePhysmap && (act[1] != Operand.Buffer() || act[3] != Operand.Number(0))) return false;
        for (int i = 0; i < act.Row.Fixed.Count; i++)
        {
            if (!IsAsked(act.Row.Fixed[i].Sort, act[i])) return false;
        }

        for (int e = 0; e < act.Elements; e++)
        {
            // Who has devices may flush caches, and the first domain has them all.
            if (act.Operation == Operation.MmuExtOp && WritesSharedPage(act, e)) return false;
            if (act.Operation == Operation.DecreaseReservation && IsSharedPage(act[e, 0])) return false;
            bool flushesCaches = act.Operation == Operation.MmuExtOp && (ExtCommand)(uint)act[e, 0].Bits is ExtCommand.FlushCache or ExtCommand.FlushCacheGlobal;
            if (flushesCaches) return false;
            for (int i = 0; i < act.Row.Element.Count; i++)
            {
                if (IsLookedAt(act, e, i) && !IsAsked(act.Row.Element[i].Sort, act[e, i])) return false;
            }
        }

        return true;
    }

    /// <summary>In one request a frame ceases to be a root and becomes another table: with what Xen left in its slots of it (D-13).</summary>
    /// <param name="roots">frames that may have been roots, as bits</param>
    public static bool ValidatesFormerRoot(Act act, ushort roots) =>
        Pins(act).Skip(1).Any(p => p.Level is >= 0 and <= 2 && MayBeRoot(p.Frame, roots));

    /// <summary>A page is copied that may have been a root: what Xen and the program have in it is no script's business.</summary>
    public static bool CopiesRoot(Act act, ushort roots) =>
        act.Members.Any(m => CopiesRoot(m, roots))
        || (act.Operation == Operation.MmuExtOp && Enumerable.Range(0, act.Elements).Any(e => (ExtCommand)(uint)act[e, 0].Bits == ExtCommand.CopyPage && MayBeRoot(act[e, 2], roots)));

    private static bool MayBeRoot(in Operand frame, ushort roots) =>
        frame.Kind == Reference.Frame && (frame.Index == StageFrame.Root || (frame.Index < StageFrame.Pool && ((roots >> frame.Index) & 1) != 0));

    private static IEnumerable<(int Level, Operand Frame)> Pins(Act act)
    {
        foreach ((int, Operand) pin in act.Members.SelectMany(Pins)) yield return pin;
        if (act.Operation != Operation.MmuExtOp) yield return (-1, default);
        else for (int e = 0; e < act.Elements; e++) yield return ((int)Math.Min(act[e, 0].Bits, 99), act[e, 1]);
    }

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
    /// <remarks>Only domains with devices may choose cache attributes (l1_disallow_mask(), xen/arch/x86/mm.c), and the first domain has them all.</remarks>
    public static bool IsAsked(Act act, StageView stage)
    {
        if (!act.Members.All(m => IsAsked(m, stage))) return false;
        if (act.Operation == Operation.Write && Translations.Walk(stage, stage.Resolve(act[0]))?.Frame == stage.FrameOf(1, StageFrame.SharedInfo)) return false;
        bool writesShared = act.Operation == Operation.MmuUpdate && Enumerable.Range(0, act.Elements).Any(e => IsSharedPage(act[e, 0]) && (act[e, 2].Bits & 3) != (ulong)UpdateKind.MachPhys);
        if (writesShared) return false;
        for (int e = 0; e < act.Elements; e++)
        {
            for (int i = 0; i < act.Row.Element.Count; i++)
            {
                bool isPat = act.Row.Element[i].Sort == Sort.Entry && (act[e, i].Bits & (Present | Pat)) == (Present | Pat);
                if (isPat && !IsUpperTable(stage, act[e, 0])) return false;
            }
        }

        return !act.Row.Fixed.Where((row, i) => row.Sort == Sort.Entry && (act[i].Bits & (Present | Pat)) == (Present | Pat)).Any();
    }

    private static bool IsUpperTable(StageView stage, in Operand frame)
    {
        Mfn mfn = new(stage.Resolve(frame));
        return stage.Model.Exists(mfn) && stage.Model.View(mfn) is { TypeCount: > 0, Type: PageType.L2 or PageType.L3 or PageType.L4 };
    }

    /// <summary>It names a domain, and Xen finds the name in memory of the script's, where a 0 is another's id but the first domain's own; or Xen leaves a clock there.</summary>
    private static bool TakesDomainFromMemory(Act act)
    {
        bool isNamed = act.Operation == Operation.VcpuRunstateInfo || act.Row.Fixed.Any(row => row.Sort is Sort.Self or Sort.Domain);
        return isNamed && act.Row.Fixed.Where((row, i) => row.Sort == Sort.Pointer && act[i].Kind == Reference.Number && Stage.RootSlots.Contains(PageEntry.Slot(act[i].Bits, 4))).Any();
    }

    /// <summary>Whether the outcome is Xen's doing: not the hardware's or the program's, and not the choice of features that Xen shows of it.</summary>
    private static bool IsAsked(InstructionRow row) =>
        row.NotOnRealXen is null && !FeatureDependent.Contains(row.Name.Split('_')[0]) && !row.Name.StartsWith("cpuid", StringComparison.Ordinal) && !Machine.Contains(row.Name);

    private static readonly string[] FeatureDependent = ["xgetbv", "xsetbv", "rdtscp", "rdfsbase", "monitor", "mwait", "clac", "vmcall", "vmmcall", "rdpmc", "pushf"];

    private static readonly string[] Machine = ["mov_rax_cr2", "mov_rax_cr3", "mov_rax_cr4"];

    /// <summary>What it answers says how large machine and domain are, how the domain was built, or what only a privileged one is told.</summary>
    private static bool DependsOnMachine(Act act) => act.Operation switch
    {
        Operation.MaximumRamPage or Operation.CurrentReservation or Operation.MaximumReservation or Operation.MemoryMap => true,
        Operation.MemoryUnknown => act[0].Bits == MaximumGpfn,
        Operation.XenVersion => act[0].Bits >= CommandLine,
        Operation.MmuExtOp => Enumerable.Range(0, act.Elements).Any(e => (ExtCommand)(uint)act[e, 0].Bits == ExtCommand.SetLdt), // D-7
        _ => false,
    };

    private static bool IsAsked(Sort sort, in Operand operand) => sort switch
    {
        Sort.Entry when (operand.Bits & Present) != 0 && (operand.Bits & CacheAttributes) != 0 => false,
        _ when operand.Kind != Reference.Number => true,
        // Which frames exist, and whose they are, is the machine's business.
        Sort.Frame => operand.Bits >= FirstFrameOfNobody,
        // The first domain may map what is not memory.
        Sort.Entry => (operand.Bits & Present) == 0,
        // How far the machine-to-physical table reaches is the machine's business too.
        Sort.Address or Sort.Pointer or Sort.OptionalPointer => PageEntry.Slot(operand.Bits, 4) != Abi.FirstXenSlot,
        // The toolstack's two ports, for the console and the store, are other domains' only.
        Sort.Port => operand.Bits is 0 or >= 4096,
        // The first domain's id is 0, and it may act for those that stand for device memory and for Xen.
        Sort.Domain or Sort.Self => (ushort)operand.Bits is not (0 or 1 or (ushort)Operations.DomidIo or (ushort)Operations.DomidXen),
        _ => true,
    };
}
