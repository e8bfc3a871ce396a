using System.Globalization;
using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>One instruction with all that it can see: registers, its place, and the memory image.</summary>
internal sealed class OracleCase
{
    /// <summary>Longer than any instruction, so that decoding sees what lies behind it.</summary>
    internal const int MaxBytes = 16;

    internal required ulong Seed { get; init; }

    internal required ulong Index { get; init; }

    /// <summary>The bytes from RIP on; those behind a page that is not mapped are not part of the image.</summary>
    internal required byte[] Bytes { get; init; }

    internal required Instruction Instruction { get; init; }

    internal required UserState Input { get; init; }

    /// <summary>Stores into the image before the step, in order.</summary>
    internal required IReadOnlyList<(int Offset, byte[] Bytes)> Patches { get; init; }

    /// <summary>Whether XMM registers take part.</summary>
    internal required bool Simd { get; init; }

    internal bool IsInvalid => Instruction.Code == Code.INVALID;

    /// <summary>Linear address of the first explicit memory operand.</summary>
    internal ulong MemoryAddress => Instruction.GetVirtualAddress(
        Enumerable.Range(0, Instruction.OpCount).First(operand => Instruction.GetOpKind(operand) == OpKind.Memory), 0, ValueOf);

    internal string Disassembly
    {
        get
        {
            if (IsInvalid) return "(bad)";
            var output = new StringOutput();
            new IntelFormatter().Format(Instruction, output);
            return output.ToStringAndReset();
        }
    }

    /// <summary>What is executed, where, and the name under which it is found again.</summary>
    internal string Title => string.Create(
        CultureInfo.InvariantCulture, $"{HexBytes}   {Disassembly}   at {Input.Selectors[1]:x}:{Input.Rip:x}   (seed {Seed}, case {Index})");

    private string HexBytes => string.Join(
        ' ', Bytes.Take(IsInvalid ? MaxBytes : Instruction.Length).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));

    private ulong ValueOf(Register register, int elementIndex, int elementSize) => register switch
    {
        _ when register.IsSegmentRegister() => Input.BaseOf((SegmentRegister)(register - Register.ES)),
        _ => Input.Gprs[register.GetFullRegister() - Register.RAX],
    };

    /// <summary>Puts the instruction and the patched operands into an image.</summary>
    internal void WriteTo(Span<byte> image)
    {
        foreach ((int offset, byte[] bytes) in Patches) bytes.CopyTo(image[offset..]);

        int code = OracleMemory.ImageOffset(Input.LinearRip);
        int room = (OracleMemory.Code.Pages * OracleMemory.PageSize) - code;
        Bytes.AsSpan(0, Math.Min(room, Bytes.Length)).CopyTo(image[code..]);
    }
}
