using System.Runtime.InteropServices;

namespace Implementation.Tests.Oracle;

/// <summary>
/// The child's LDT: user segments with bases, limits and types that no flat program has. Made by modify_ldt, which sets the
/// accessed bit of each and refuses conforming code.
/// </summary>
internal static class LocalTable
{
    private const int Data = 0, DownData = 1, Code = 2;

    private static readonly UserDescriptor[] _entries =
    [
        new(0, (uint)OracleMemory.Code.Linear, 0x1fff, Code, Big: false),
        new(1, (uint)OracleMemory.Code.Linear - 0x1000, 0x2fff, Code),
        new(2, (uint)OracleMemory.Code.Linear, 0x1ff0, Code),
        new(3, 0, 0xf_ffff, Code, Pages: true, Restricted: true),
        new(4, (uint)OracleMemory.Data.Linear, 0x1fff, Data),
        new(5, (uint)OracleMemory.Data.Linear - 0x100, 0x10ff, Data),
        new(6, 0, 0xf_ffff, Data, Pages: true, Restricted: true),
        new(7, (uint)OracleMemory.Data.Linear - 0x800, 0xfff, DownData),
        new(8, (uint)OracleMemory.Data.Linear - 0xf000, 0xf7ff, DownData, Big: false),
        new(9, (uint)OracleMemory.Data.Linear, 0x1fff, Data, Big: false),
        new(10, 0, 0xf_ffff, Data, Pages: true, Absent: true),
        new(11, (uint)OracleMemory.Data.Linear, 0xf_ffff, Data, Pages: true),
        new(12, (uint)OracleMemory.Data.Linear, 0xffff, Data, Big: false),
        new(13, (uint)OracleMemory.Code.Linear, 0xffff, Code, Big: false),
    ];

    /// <summary>Selectors, at the privilege of user programs.</summary>
    internal static ushort[] Selectors { get; } = [.. _entries.Select(entry => (ushort)(entry.Number << 3 | 7))];

    internal static ushort[] CodeSelectors32 { get; } = [0x0f, 0x17, 0x1f];

    internal static ushort[] CodeSelectors16 { get; } = [0x07, 0x6f];

    internal static ushort[] StackSelectors { get; } = [0x27, 0x2f, 0x3f, 0x47, 0x4f, 0x5f, 0x67];

    /// <summary>The arguments of modify_ldt, one struct user_desc after the other.</summary>
    internal static uint[] Arguments { get; } = [.. _entries.SelectMany(entry => entry.Words)];

    internal static int Count => _entries.Length;

    internal static bool TryRead(ushort selector, out ulong descriptor)
    {
        int number = selector >> 3;
        descriptor = number < _entries.Length ? _entries[number].Descriptor : 0;
        return number < _entries.Length;
    }

    /// <param name="Number">index in the table</param>
    /// <param name="Base">first linear address</param>
    /// <param name="Limit">20 bits</param>
    /// <param name="Contents">kind, as struct user_desc has it</param>
    /// <param name="Big">D/B</param>
    /// <param name="Pages">whether the limit counts pages</param>
    /// <param name="Restricted">data that may not be written, code that may not be read</param>
    /// <param name="Absent">not present</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct UserDescriptor(
        uint Number, uint Base, uint Limit, int Contents, bool Big = true, bool Pages = false, bool Restricted = false, bool Absent = false)
    {
        /// <summary>As the processor reads it (SDM Vol. 3A, figure 3-8).</summary>
        internal ulong Descriptor
        {
            get
            {
                ulong type = 1 | (Restricted ? 0UL : 2) | (ulong)Contents << 2;
                ulong attributes = type | 0x70 | (Absent ? 0UL : 0x80) | (Big ? 0x4000UL : 0) | (Pages ? 0x8000UL : 0);
                return Limit & 0xffff | (ulong)(Limit >> 16) << 48 | attributes << 40 | (ulong)(Base & 0xff_ffff) << 16
                    | (ulong)(Base >> 24) << 56;
            }
        }

        /// <summary>struct user_desc (arch/x86/include/uapi/asm/ldt.h).</summary>
        internal uint[] Words =>
        [
            Number,
            Base,
            Limit,
            (Big ? 1u : 0) | (uint)Contents << 1 | (Restricted ? 8u : 0) | (Pages ? 16u : 0) | (Absent ? 32u : 0),
        ];
    }
}
