namespace Model;

/// <summary>The micro-steps that a machine takes, by name; each is the method of that name of <see cref="Steps.Steps{Bit, Word, Relation, Map}"/>.</summary>
public enum Step : byte
{
    // Frames
    Allocate,
    Share,
    Release,
    Free,

    // References
    Take,
    TakeType,
    Drop,
    Leave,
    Forget,
    Pin,
    Unpin,
    PlaceVcpuInfo,

    // Types
    Begin,
    Settle,
    AuditLeaf,
    AuditUpper,
    AuditOwnLinear,
    AuditSiblingLinear,
    ClaimXenSlot,
    Finish,
    UndoEntry,
    Abort,
    BeginDevalidate,
    Devalidate,

    // Interruptions
    Pause,
    Resume,
    ResumeDevalidate,

    // Entries
    ClearEntry,
    SetLeaf,
    SetUpper,
    SetOwnLinear,
    SetSiblingLinear,
    EditInPlace,
    WriteData,
    Load,
    Store,

    // Base pointers and modes
    UnloadKernelBase,
    LoadKernelBase,
    UnloadUserBase,
    LoadUserBase,
    EnterKernel,
    EnterUser,

    // Descriptor tables
    PlaceDescriptors,
    RemoveDescriptors,

    // Translations
    Fill,
    FillSuperpage,
    Flush,
}
