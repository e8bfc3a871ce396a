namespace Implementation.Hypervisor;

/// <summary>One entry of a guest's virtual IDT: <c>struct trap_info</c>.</summary>
/// <param name="Flags">bits 0-1: the least privileged ring that may raise it with INT n; bit 2: mask events on entry</param>
/// <param name="Address">the handler; 0 while there is none</param>
public readonly record struct TrapInfo(byte Flags, ushort Selector, ulong Address)
{
    public int Dpl => Flags & 3;

    public bool MasksEvents => (Flags & 4) != 0;
}

/// <summary>A vCPU's virtual IDT, filled by set_trap_table.</summary>
public sealed class TrapTable
{
    private readonly TrapInfo[] _traps = new TrapInfo[256];

    public TrapInfo this[byte vector]
    {
        get => _traps[vector];
        internal set => _traps[vector] = value;
    }

    internal void Clear() => Array.Clear(_traps);
}
