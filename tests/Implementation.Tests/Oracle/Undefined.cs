using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>What the SDM leaves undefined after an instruction, so that processors may differ there.</summary>
internal static class Undefined
{
    private const ulong Carry = 1;
    private const ulong Parity = 1 << 2;
    private const ulong Adjust = 1 << 4;
    private const ulong Zero = 1 << 6;
    private const ulong Sign = 1 << 7;
    private const ulong Overflow = 1 << 11;
    private const ulong Resume = 1 << 16; // Set in what a fault pushes; software never sees it change.
    private const ulong Trap = 1 << 8; // The host's is set all the while, to step it.

    private const int StackFault = 12;
    private const int GeneralProtection = 13;
    private const int PageFault = 14;
    private const int AlignmentCheck = 17;

    /// <summary>The bits of RFLAGS that cannot be compared even though nothing has changed.</summary>
    internal const ulong AfterFault = Resume | Trap;

    /// <summary>The bits of RFLAGS that carry no meaning after the instruction.</summary>
    internal static ulong Flags(in Instruction instruction, UserState input)
    {
        RflagsBits bits = instruction.RflagsUndefined;
        ulong undefined = AfterFault
            | (bits.HasFlag(RflagsBits.CF) ? Carry : 0) | (bits.HasFlag(RflagsBits.PF) ? Parity : 0)
            | (bits.HasFlag(RflagsBits.AF) ? Adjust : 0) | (bits.HasFlag(RflagsBits.ZF) ? Zero : 0)
            | (bits.HasFlag(RflagsBits.SF) ? Sign : 0) | (bits.HasFlag(RflagsBits.OF) ? Overflow : 0);

        return instruction.Mnemonic switch
        {
            Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar => AfterFault | ShiftFlags(instruction, input),
            Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr => AfterFault | (Count(instruction, input) > 1 ? Overflow : 0),
            Mnemonic.Shld or Mnemonic.Shrd => AfterFault | DoubleShiftFlags(instruction, input),
            _ => undefined,
        };
    }

    /// <summary>The bits of one general register that carry no meaning after the instruction.</summary>
    internal static ulong Bits(in Instruction instruction, UserState input, Outcome outcome, bool staysIn64Bit, Gpr register)
    {
        // Some processors have popped some registers when POPA faults, to pop them again.
        if (instruction.Mnemonic is Mnemonic.Popa or Mnemonic.Popad && outcome != Outcome.Retired) return ulong.MaxValue;

        // Outside 64-bit code RSP has no upper half, and Linux leaves bits of its own there when it returns to a 16-bit stack
        // (arch/x86/entry/entry_64.S, espfix).
        const ulong AboveEsp = 0xffff_ffff_0000_0000;

        return RegisterBits(instruction, input, register) | (register == Gpr.Rsp && !staysIn64Bit ? AboveEsp : 0);
    }

    private static ulong RegisterBits(in Instruction instruction, UserState input, Gpr register)
    {
        if (instruction.Op0Kind != OpKind.Register || !instruction.Op0Register.IsGPR()) return 0;
        if (instruction.Op0Register.GetFullRegister() - Register.RAX != (int)register) return 0;

        return instruction.Mnemonic switch
        {
            // Of a zero source: older processors clear the upper half, newer ones leave the whole register.
            Mnemonic.Bsf or Mnemonic.Bsr when instruction.Op0Register.GetSize() == 4 => 0xffff_ffff_0000_0000,
            // The limit of Linux's descriptor 78h is the number of the processor.
            Mnemonic.Lsl => 0x3f,
            Mnemonic.Shld or Mnemonic.Shrd when ExceedsOperand(instruction, input) => 0xffff,
            _ => 0,
        };
    }

    /// <summary>Whether the base of FS or GS carries no meaning: loading a null selector clears it on Intel only.</summary>
    internal static bool Base(in Instruction instruction, UserState after, SegmentRegister register) =>
        (after.Selectors[(int)register] & ~3) == 0
        && (instruction.Mnemonic is Mnemonic.Lfs or Mnemonic.Lgs
            || (instruction.OpCount > 0 && instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsSegmentRegister()));

    /// <summary>The bits of the x87 status word that carry no meaning: SDM Vol. 2A has FCOMI clear C1, where AMD's processors leave it alone.</summary>
    internal static ushort Status(in Instruction instruction)
    {
        const ushort C1 = 0x200;

        return instruction.Mnemonic is Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip ? C1 : (ushort)0;
    }

    /// <summary>Whether two faults are equally right: which of several is raised, or which byte of a large operand is named.</summary>
    internal static bool Faults(in Instruction instruction, Outcome one, Outcome other)
    {
        if (one == Outcome.Retired || other == Outcome.Retired) return false;
        // A target that is not canonical and a return address that cannot be pushed.
        if (instruction.IsCallNearIndirect) return true;
        // The words of a far pointer or of a return frame are read and checked in no documented order.
        if (instruction.Mnemonic is Mnemonic.Lds or Mnemonic.Les or Mnemonic.Lfs or Mnemonic.Lgs || ReturnFrame.IsPoppedBy(instruction)
            || FarPointer.IsFollowedBy(instruction) || FarPointer.IsImmediateIn(instruction)) return true;
        // Which byte of an image is touched first, and whether that comes before its alignment and its segment's limit.
        return instruction.MemorySize is MemorySize.Fxsave_512Byte or MemorySize.Fxsave64_512Byte
            && (one.Vector == other.Vector || (IsOfImage(one) && IsOfImage(other)));
    }

    private static bool IsOfImage(Outcome fault) => fault.Vector is StackFault or GeneralProtection or PageFault or AlignmentCheck;

    /// <summary>Whether one alignment is as good as another: MASKMOVDQU stores bytes, of sixteen or of two times eight.</summary>
    internal static bool Alignment(in Instruction instruction, Outcome one, Outcome other) =>
        instruction.Mnemonic == Mnemonic.Maskmovdqu && (one.Vector == AlignmentCheck || other.Vector == AlignmentCheck);

    /// <summary>Whether the bytes stored carry no meaning: by too long a double shift, or half of what a far call pushes.</summary>
    internal static bool Store(in Instruction instruction, UserState input, Outcome outcome) =>
        (instruction.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && ExceedsOperand(instruction, input))
        || ((instruction.IsCallFarIndirect || instruction.IsCallFar) && outcome != Outcome.Retired);

    /// <summary>SDM Vol. 2B, "SAL/SAR/SHL/SHR": OF for counts above 1, CF for counts above the operand, AF always.</summary>
    private static ulong ShiftFlags(in Instruction instruction, UserState input)
    {
        int count = Count(instruction, input);
        if (count == 0) return 0;
        bool losesCarry = count >= OperandBits(instruction) && instruction.Mnemonic != Mnemonic.Sar;
        return Adjust | (count > 1 ? Overflow : 0) | (losesCarry ? Carry : 0);
    }

    /// <summary>SDM Vol. 2B, "SHLD": everything for counts above the operand.</summary>
    private static ulong DoubleShiftFlags(in Instruction instruction, UserState input)
    {
        int count = Count(instruction, input);
        if (count == 0) return 0;
        if (ExceedsOperand(instruction, input)) return Carry | Parity | Adjust | Zero | Sign | Overflow;
        return Adjust | (count > 1 ? Overflow : 0);
    }

    private static bool ExceedsOperand(in Instruction instruction, UserState input) =>
        Count(instruction, input) > OperandBits(instruction);

    private static int Count(in Instruction instruction, UserState input)
    {
        int last = instruction.OpCount - 1;
        int count = instruction.GetOpKind(last) == OpKind.Register ? (int)input[Gpr.Rcx] & 0xff : instruction.Immediate8;
        return count & (OperandBits(instruction) == 64 ? 63 : 31);
    }

    private static int OperandBits(in Instruction instruction) =>
        8 * (instruction.Op0Kind == OpKind.Register ? instruction.Op0Register.GetSize() : instruction.MemorySize.GetSize());
}
