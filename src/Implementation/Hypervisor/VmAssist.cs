namespace Implementation.Hypervisor;

/// <summary>Behaviour a guest has switched on by vm_assist: a bit for each VMASST_TYPE_*.</summary>
[Flags]
public enum VmAssist : ulong
{
    None = 0,
    FourGigabyteSegments = 1UL << 0,
    FourGigabyteSegmentsNotify = 1UL << 1,
    WritablePageTables = 1UL << 2,
    PaeExtendedCr3 = 1UL << 3,
    ArchitecturalIopl = 1UL << 4,
    RunstateUpdateFlag = 1UL << 5,
    M2pStrict = 1UL << 32,
}
