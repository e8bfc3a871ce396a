using Implementation.Hypervisor;

namespace Implementation.Tests.Sensitive;

/// <summary>What code runs as: of a guest of one kind, of its kernel or of its programs, in a code segment of 64 or of 32 bits.</summary>
/// <param name="Name">the heading of its column</param>
/// <param name="Kind">of the guest</param>
/// <param name="IsKernel">as Xen counts it</param>
/// <param name="Is64Bit">of the code segment</param>
/// <param name="Cs">a flat code segment, as it is in the register</param>
/// <param name="Ss">a flat data segment</param>
internal sealed record Mode(string Name, DomainKind Kind, bool IsKernel, bool Is64Bit, ushort Cs, ushort Ss)
{
    public static IReadOnlyList<Mode> All { get; } =
    [
        new("kernel64", DomainKind.Pv64, IsKernel: true, Is64Bit: true, Layout.FlatCode64, Layout.FlatData),
        new("user64", DomainKind.Pv64, IsKernel: false, Is64Bit: true, Layout.FlatCode64, Layout.FlatData),
        new("kernel64 in 32", DomainKind.Pv64, IsKernel: true, Is64Bit: false, Layout.UserCode32, Layout.FlatData),
        new("user64 in 32", DomainKind.Pv64, IsKernel: false, Is64Bit: false, Layout.UserCode32, Layout.FlatData),
        new("kernel32", DomainKind.Pv32Pae, IsKernel: true, Is64Bit: false, Layout.FlatCode32, Layout.FlatData32),
        new("user32", DomainKind.Pv32Pae, IsKernel: false, Is64Bit: false, Layout.FlatUserCode32, Layout.FlatUserData32),
    ];

    public int Ring => Kind == DomainKind.Pv32Pae && IsKernel ? 1 : 3;
}
