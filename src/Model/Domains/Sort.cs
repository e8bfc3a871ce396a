namespace Model.Domains;

/// <summary>What a word stands for. A word of one sort is never compared with a word of another.</summary>
public enum Sort
{
    /// <summary>A machine frame (4 KiB of memory).</summary>
    Frame,

    /// <summary>A position in a table: of a page table's 512 entries, or of descriptors.</summary>
    Slot,

    /// <summary>A domain.</summary>
    Domain,

    /// <summary>A virtual processor of some domain.</summary>
    Vcpu,

    /// <summary>What a frame is in use as (<see cref="PageType"/>).</summary>
    Type,

    /// <summary>A number of references.</summary>
    Count,

    /// <summary>A privilege level, 0 to 3.</summary>
    Ring,

    /// <summary>An entry that a guest's kernel offers: of an exception or interrupt, or one of its callbacks.</summary>
    Vector,

    /// <summary>A linear address.</summary>
    Address,

    /// <summary>A facility of the processor that programs use without asking, if it is switched on.</summary>
    Facility,

    /// <summary>A processor of the machine.</summary>
    Processor,
}
