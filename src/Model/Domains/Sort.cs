namespace Model.Domains;

/// <summary>What a word stands for. A word of one sort is never compared with a word of another.</summary>
public enum Sort
{
    /// <summary>A machine frame (4 KiB of memory).</summary>
    Frame,

    /// <summary>A position in a table of 512 entries.</summary>
    Slot,

    /// <summary>A domain.</summary>
    Domain,

    /// <summary>A virtual processor of some domain.</summary>
    Vcpu,

    /// <summary>What a frame is in use as (<see cref="PageType"/>).</summary>
    Type,

    /// <summary>A number of references.</summary>
    Count,
}
