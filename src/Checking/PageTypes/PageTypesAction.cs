namespace Checking.PageTypes;

/// <summary>What can happen in the small model, by the numbers that reports count it under.</summary>
internal enum PageTypesAction
{
    Pin,
    Unpin,
    SetRoot,
    Update,
    Transfer,
    Fill,
    Flush,
    Store,
}

/// <summary>What is checked of every state of the small model.</summary>
internal enum PageTypesProperty
{
    NoWritableTable,
    CachedIsOwned,
    RootIsLive,
    EntryIsSound,
    CountIsExact,
}
