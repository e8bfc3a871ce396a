namespace Implementation.Hypervisor;

/// <summary>The control and debug registers as a guest kernel sees them.</summary>
internal sealed class ControlRegisters
{
    public const ulong TaskSwitched = 1 << 3;

    /// <summary>PG, AM, WP, NE, ET, MP, PE. WP makes read-only mappings of page tables hold against stores of any kind.</summary>
    public const ulong HostCr0 = 0x8005_0033;

    /// <summary>PAE, PGE, MCE, OSFXSR, OSXMMEXCPT.</summary>
    public const ulong HostCr4 = (1 << 5) | (1 << 6) | (1 << 7) | (1 << 9) | (1 << 10);

    private const ulong TimeStampDisable = 1 << 2, DebuggingExtensions = 1 << 3;

    /// <summary>What a kernel may change in CR4; anything else it writes is ignored, as on Xen.</summary>
    private const ulong GuestCr4 = TimeStampDisable | DebuggingExtensions;

    private ulong _cr4 = HostCr4;

    public ulong Cr2 { get; set; }

    public ulong Cr4
    {
        get => _cr4;
        set => _cr4 = (HostCr4 & ~GuestCr4) | (value & GuestCr4);
    }

    /// <summary>CR4 as the processor is to have it: of what the guest says, TSD holds for its programs (pv_make_cr4()).</summary>
    public ulong ProcessorCr4 => HostCr4 | (_cr4 & TimeStampDisable);

    /// <summary>The virtual CR0.TS: the next FPU or SSE instruction raises #NM, once.</summary>
    public bool IsTaskSwitched { get; set; }

    public bool HasDebuggingExtensions => (_cr4 & DebuggingExtensions) != 0;

    /// <summary>DR0-DR7; 4 and 5 are unused.</summary>
    public ulong[] Debug { get; } = [0, 0, 0, 0, 0, 0, 0xffff_0ff0, 0x400];
}
