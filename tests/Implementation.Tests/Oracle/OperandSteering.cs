using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>Sets registers and displacements so that the memory operands of an instruction reach interesting addresses.</summary>
internal sealed class OperandSteering
{
    private readonly InstructionInfoFactory _infoFactory = new();

    /// <returns>the instruction as it decodes after the displacement was changed</returns>
    internal Instruction Steer(
        ref Dice dice, in Instruction instruction, ConstantOffsets offsets, byte[] bytes, UserState input, List<(int, byte[])> patches)
    {
        if (dice.Chance(4)) return instruction; // Wherever the drawn registers point.

        if (FarPointer.IsImmediateIn(instruction))
        {
            byte[] pointer = new byte[offsets.ImmediateSize + offsets.ImmediateSize2];
            FarPointer.Draw(ref dice, input.CodeBits, pointer);
            pointer.CopyTo(bytes, offsets.ImmediateOffset);
            return Decode(bytes, input);
        }

        Instruction steered = SteerAbsolute(ref dice, instruction, offsets, bytes, input);
        if (ReadsSelector(steered) && dice.Chance(70))
            Gpr64(steered.GetOpRegister(steered.OpCount - 1), input) = Selectors.Draw(ref dice);

        if (ReturnFrame.IsPoppedBy(steered))
        {
            input[Gpr.Rsp] = OffsetIn(input, SegmentRegister.Ss, Target(ref dice, input.LinearRip, 40));
            ReturnFrame.Patch(ref dice, steered, input.LinearStack, input.CodeBits, patches);
            return steered;
        }

        InstructionInfo info = _infoFactory.GetInfo(steered);
        foreach (UsedMemory memory in info.GetUsedMemory())
            SteerRegisters(ref dice, steered, memory, input, patches);

        return steered;
    }

    /// <summary>
    /// Whether an offset is canonical and its sum with the base of FS or GS is not, or the other way round: AMD checks the
    /// offset, Intel the sum.
    /// </summary>
    internal bool IsHalfCanonical(in Instruction instruction, UserState input)
    {
        foreach (UsedMemory memory in _infoFactory.GetInfo(instruction).GetUsedMemory())
        {
            ulong @base = MemoryOperand.SegmentBase(memory.Segment, input);
            ulong offset = MemoryOperand.Offset(memory, input);
            if (IsCanonical(offset) != IsCanonical(unchecked(offset + @base))) return true;
        }

        return false;
    }

    /// <summary>An address for an operand of a size: where pages, permissions, the instruction itself or the map end.</summary>
    internal static ulong Target(ref Dice dice, ulong rip, int size)
    {
        ulong straddle = (ulong)dice.Below(size + 1);
        return dice.Below(16) switch
        {
            0 or 1 => OracleMemory.Data.Linear + OracleMemory.PageSize - straddle, // across two pages
            2 => OracleMemory.Data.End - straddle, // second half unmapped
            3 => OracleMemory.Data.Linear - straddle, // first half unmapped
            4 => OracleMemory.ReadOnly.Linear - straddle, // second half read-only
            5 => OracleMemory.ReadOnly.Linear + (ulong)dice.Below(OracleMemory.PageSize),
            6 => OracleMemory.ReadOnly.End - straddle,
            7 => rip - 8 + (ulong)dice.Below(24), // the instruction's own bytes
            8 => rip - OracleMemory.Code.Linear + OracleMemory.CodeAlias.Linear - 8 + (ulong)dice.Below(24), // by another address
            9 => dice.Chance(50) ? dice.Value() : 0x7fff_ffff_f000UL - straddle,
            _ => OracleMemory.Data.Linear + ((ulong)dice.Below(OracleMemory.Data.Pages * OracleMemory.PageSize / 16) * 16)
                + (dice.Chance(50) ? 0 : (ulong)dice.Below(16)),
        };
    }

    private static Instruction SteerAbsolute(
        ref Dice dice, in Instruction instruction, ConstantOffsets offsets, byte[] bytes, UserState input)
    {
        if (!offsets.HasDisplacement) return instruction;

        ulong next = instruction.NextIP;
        ulong target = Target(ref dice, input.LinearRip, Math.Max(1, instruction.MemorySize.GetSize()));
        Span<byte> field = bytes.AsSpan(offsets.DisplacementOffset, offsets.DisplacementSize);
        ulong @base = MemoryOperand.SegmentBase(instruction.MemorySegment, input);
        if (instruction.IsIPRelativeMemoryOperand)
            BinaryPrimitives.WriteInt32LittleEndian(field, unchecked((int)(target - next)));
        else if (field.Length == 8)
            BinaryPrimitives.WriteUInt64LittleEndian(field, target - @base);
        else if (instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None && field.Length == 4)
            BinaryPrimitives.WriteInt32LittleEndian(field, unchecked((int)(target - @base)));
        else if (instruction.MemoryBase == Register.None && instruction.MemoryIndex == Register.None && field.Length == 2)
            BinaryPrimitives.WriteInt16LittleEndian(field, unchecked((short)(target - @base)));
        else
            return instruction;

        return Decode(bytes, input);
    }

    private static Instruction Decode(byte[] bytes, UserState input)
    {
        var decoder = Decoder.Create(input.CodeBits, new ByteArrayCodeReader(bytes), input.Rip);
        decoder.Decode(out Instruction instruction);
        return instruction;
    }

    /// <summary>The offset in a segment that reaches a linear address.</summary>
    internal static ulong OffsetIn(UserState input, SegmentRegister segment, ulong linear)
    {
        ulong offset = unchecked(linear - input.BaseOf(segment));
        return input.CodeBits == 64 ? offset : (uint)offset;
    }

    private static void SteerRegisters(
        ref Dice dice, in Instruction instruction, in UsedMemory memory, UserState input, List<(int, byte[])> patches)
    {
        int size = Math.Max(1, memory.MemorySize.GetSize());
        ulong target = Target(ref dice, input.LinearRip, size);
        Register pointer = memory.Base.IsGPR() ? memory.Base : memory.Index;
        if (!pointer.IsGPR()) return;

        if (memory.Index.IsGPR() && memory.Base.IsGPR() && dice.Chance(70))
            Set(memory.Index, input, (ulong)(dice.Below(64) - 32));
        if (HasBitOffset(instruction) && dice.Chance(60))
            Set(instruction.Op1Register, input, (ulong)(dice.Below(0x2000) - 0x1000));
        if (UsesCount(instruction) && dice.Chance(80)) input[Gpr.Rcx] = (ulong)dice.Below(4);

        ulong rest = unchecked(memory.Displacement + MemoryOperand.SegmentBase(memory.Segment, input));
        if (pointer != memory.Index && memory.Index.IsGPR() && memory.Index.GetFullRegister() != pointer.GetFullRegister())
            rest = unchecked(rest + (Gpr64(memory.Index, input) * (ulong)memory.Scale));
        Set(pointer, input, unchecked(target - rest));

        if (dice.Chance(FarPointer.IsFollowedBy(instruction) ? 90 : 30)) Patch(ref dice, instruction, input.CodeBits, target, size, patches);
    }

    /// <summary>Puts a boundary value where the operand will be read, so that memory is as interesting as registers.</summary>
    private static void Patch(
        ref Dice dice, in Instruction instruction, int bits, ulong target, int size, List<(int, byte[])> patches)
    {
        byte[] value = new byte[size];
        if (FarPointer.IsFollowedBy(instruction) && size < 8) FarPointer.Draw(ref dice, bits, value);
        else if (instruction.MemorySize == MemorySize.Float32) BitConverter.TryWriteBytes(value, FpuValues.Single(ref dice));
        else if (instruction.MemorySize == MemorySize.Float64) BitConverter.TryWriteBytes(value, FpuValues.Double(ref dice));
        else if (instruction.MemorySize == MemorySize.Float80) X87Values.DrawNumber(ref dice, value);
        else if (size == 2) BitConverter.TryWriteBytes(value, dice.Chance(50) ? Selectors.Draw(ref dice) : (ushort)dice.Value());
        else if (size == 16) MemoryMarshal.Write(value, FpuValues.Vector(ref dice));
        else if (size == UserState.FpuBytes) FpuValues.DrawImage(ref dice, value);
        else dice.Fill(value);

        int offset = OracleMemory.ImageOffset(target);
        if (offset >= 0 && offset + size <= OracleMemory.ImageBytes) patches.Add((offset, value));
    }

    private static bool ReadsSelector(in Instruction instruction) =>
        instruction.OpCount > 0 && instruction.GetOpKind(instruction.OpCount - 1) == OpKind.Register
        && instruction.GetOpRegister(instruction.OpCount - 1).IsGPR()
        && (instruction.Mnemonic is Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr or Mnemonic.Verw
            || (instruction.Op0Kind == OpKind.Register && instruction.Op0Register.IsSegmentRegister()));

    private static bool HasBitOffset(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc
        && instruction.Op1Kind == OpKind.Register;

    private static bool UsesCount(in Instruction instruction) => instruction.HasRepPrefix || instruction.HasRepnePrefix;

    private static bool IsCanonical(ulong linear) => (ulong)((long)(linear << 16) >> 16) == linear;

    /// <summary>Sets a register; outside 64-bit mode its upper half stays zero.</summary>
    private static void Set(Register register, UserState input, ulong value) =>
        Gpr64(register, input) = input.CodeBits == 64 ? value : (uint)value;

    private static ref ulong Gpr64(Register register, UserState input) =>
        ref input.Gprs[register.GetFullRegister() - Register.RAX];
}
