namespace Implementation.Hypervisor;

/// <summary>The bits of RFLAGS that a hypervisor reads and writes (SDM Vol. 1, 3.4.3).</summary>
internal static class RflagsBits
{
    public const ulong Reserved = 1 << 1, Trap = 1 << 8, InterruptEnable = 1 << 9, Direction = 1 << 10, Iopl = 3 << 12,
        NestedTask = 1 << 14, Resume = 1 << 16, Virtual8086 = 1 << 17, AlignmentCheck = 1 << 18;
}
