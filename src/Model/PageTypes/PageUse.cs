namespace Model.PageTypes;

/// <summary>What a frame of the small model is in use as.</summary>
public enum PageUse
{
    Unused,

    /// <summary>A page table.</summary>
    Table,

    /// <summary>Memory that guests write.</summary>
    Writable,
}
