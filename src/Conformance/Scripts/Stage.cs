using Implementation.Hypervisor;

namespace Conformance.Scripts;

/// <summary>How large a stage is.</summary>
/// <param name="Domains">1..4; real Xen has one</param>
/// <param name="Vcpus">1..4, of each domain; real Xen has one</param>
/// <param name="Kind">of all domains; real Xen has 64-bit ones</param>
public sealed record StageShape(int Domains = 1, int Vcpus = 1, DomainKind Kind = DomainKind.Pv64)
{
    public StageSpace Space => StageSpace.Of(Kind);

    /// <summary>One domain with one vCPU, of the same kind.</summary>
    public StageShape Smallest => new(Kind: Kind);
}

/// <summary>What is the same on every stage of 64-bit domains, whoever plays it.</summary>
public static class Stage
{
    /// <summary>The linear address that slot 2 of the root, and slot 0 of each table below, translate.</summary>
    public const ulong Window = 0x0000_0100_0000_0000;

    /// <summary>Ports that a domain can name, the first that it was given; those beyond are nobody's to name.</summary>
    public const int Ports = 126;

    /// <summary>The slot of the root that leads to the window.</summary>
    public const int WindowSlot = 2;

    /// <summary>The slots of the root that scripts may name. In the others stands what a program needs to go on.</summary>
    public static IReadOnlyList<int> RootSlots { get; } = [2, 3, 256, 257, 271, 300];

    /// <summary>The linear address that a walk through these slots translates, made canonical.</summary>
    public static ulong Linear(int slot4, int slot3, int slot2, int slot1)
    {
        ulong linear = ((ulong)slot4 << 39) | ((ulong)slot3 << 30) | ((ulong)slot2 << 21) | ((ulong)slot1 << 12);
        return slot4 >= 256 ? linear | 0xffff_0000_0000_0000 : linear;
    }
}
