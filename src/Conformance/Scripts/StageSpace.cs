using Implementation.Hypervisor;
using Model;

namespace Conformance.Scripts;

/// <summary>The address space of a stage's domains, by their kind.</summary>
/// <param name="Levels">of its tables</param>
/// <param name="Window">the linear address that the stage's tables map <see cref="StageFrame.Data"/> at</param>
/// <param name="WindowSlot">the slot of the root that leads to the window</param>
/// <param name="RootSlots">the slots of the root that scripts may name; in the others of a 64-bit domain's stands what a program needs to go on</param>
/// <param name="WordBytes">of a register, and of what a load or a store moves</param>
[Clause("CA-1")]
public sealed record StageSpace(int Levels, ulong Window, int WindowSlot, IReadOnlyList<int> RootSlots, int WordBytes)
{
    private static readonly StageSpace
        Wide = new(4, Stage.Window, Stage.WindowSlot, Stage.RootSlots, sizeof(ulong)),
        // What the last slot leads to is Xen's business too: it lets nobody change it.
        Narrow = new(3, 0x4000_0000, 1, [0, 1, 2, 3], sizeof(uint));

    public bool IsNarrow => this == Narrow;

    /// <summary>The greatest value of a word.</summary>
    public ulong MostWord => IsNarrow ? uint.MaxValue : ulong.MaxValue;

    public static StageSpace Of(DomainKind kind) => kind == DomainKind.Pv32Pae ? Narrow : Wide;
}
