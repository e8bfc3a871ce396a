namespace Conformance.Scripts;

/// <summary>An instruction's row: what it is called, its bytes, and what it needs in registers.</summary>
/// <param name="Name">in the text of scripts, without spaces</param>
/// <param name="Rax">what RAX holds before it; a number, or the address of the act's buffer. So for the others</param>
/// <param name="Rdi">where an instruction that names memory finds it</param>
/// <param name="NotOnRealXen">why real Xen's first domain is not asked; null where it is</param>
public sealed record InstructionRow(
    string Name, IReadOnlyList<byte> Bytes, Operand Rax = default, Operand Rcx = default, Operand Rdx = default, Operand Rdi = default, string? NotOnRealXen = null)
{
    /// <summary>It reads a clock: what it leaves in RAX is another number each time.</summary>
    public bool ReadsClock { get; init; }

    /// <summary>Why 32-bit code does not execute it; null where it does. What is a REX prefix is an instruction by itself there.</summary>
    public string? NotNarrow => Bytes is [>= 0x40 and <= 0x4f, ..] or [0xf3, >= 0x40 and <= 0x4f, ..] ? "in 32-bit code its bytes are other instructions" : null;
}
