using Model;

namespace Conformance.Watch;

/// <summary>All that both sides know of one frame. The sides agree when these are equal.</summary>
/// <param name="Owner">domain that owns the frame, nobody, or Xen</param>
/// <param name="Type">what the frame is in use as</param>
/// <param name="TypeCount">uses of that type</param>
/// <param name="References">Xen's general count</param>
/// <param name="IsPinned">the guest holds the frame in use as a page table</param>
/// <param name="IsValidated">every entry of the table has been audited</param>
/// <param name="IsPartial">validation or its undoing stopped half-way</param>
public readonly record struct FrameFacts(
    Domid Owner, PageType Type, uint TypeCount, uint References, bool IsPinned, bool IsValidated, bool IsPartial)
{
    public bool IsTable => Type is PageType.L1 or PageType.L2 or PageType.L3 or PageType.L4 or PageType.XenL2;

    /// <summary>The facts on one line, defaults left out: <c>d1  L4 ×1 pinned, 2 references</c>.</summary>
    public override string ToString()
    {
        string count = TypeCount > 0 ? $" ×{TypeCount}" : "";
        string flags = (IsPinned ? " pinned" : "") + (IsTable && !IsValidated ? " unvalidated" : "") + (IsPartial ? " partial" : "");
        return $"{Owner,-7}{Type}{count}{flags}, {References} reference{(References == 1 ? "" : "s")}";
    }
}

/// <summary>A frame as it was at some point of a story.</summary>
public readonly record struct FrameState(Mfn Frame, FrameFacts Facts);

/// <summary>What a step did to one frame.</summary>
public readonly record struct FrameChange(Mfn Frame, FrameFacts Before, FrameFacts After);

/// <summary>What a step did to one entry of a page table.</summary>
public readonly record struct EntryChange(Mfn Table, int Slot, Entry Before, Entry After);
