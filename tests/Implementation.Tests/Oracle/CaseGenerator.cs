using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>Makes the case that a seed and an index name, always the same one.</summary>
internal sealed class CaseGenerator(InstructionForms forms, ulong seed)
{
    private const ulong ArithmeticFlags = 0x8d5; // CF PF AF ZF SF OF
    private const ulong DirectionFlag = 1 << 10;
    private const ulong AlwaysSet = 0x202; // IF and bit 1: user mode cannot change them.

    private static readonly byte[] _segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x64, 0x65];

    private readonly OperandSteering _steering = new();

    internal ulong Seed => seed;

    internal OracleCase Create(ulong index)
    {
        Dice dice = Dice.Of(seed, index);
        while (true)
        {
            ulong rip = PlaceInstruction(ref dice);
            byte[] bytes = DrawBytes(ref dice);

            var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes), rip);
            decoder.Decode(out Instruction instruction);
            if (!IsWorthwhile(ref dice, instruction, bytes)) continue;

            UserState input = DrawState(ref dice, rip, instruction);
            var patches = new List<(int, byte[])>();
            if (instruction.Code != Code.INVALID)
            {
                instruction = _steering.Steer(ref dice, instruction, decoder.GetConstantOffsets(instruction), bytes, input, patches);
            }
            else if (rip + OracleCase.MaxBytes > OracleMemory.Code.End)
            {
                continue; // Whether #UD or the fetch comes first is the implementation's choice.
            }

            return new OracleCase
            {
                Seed = seed,
                Index = index,
                Bytes = bytes,
                Instruction = instruction,
                Input = input,
                Patches = patches,
                Simd = forms != InstructionForms.Integer,
            };
        }
    }

    private bool IsWorthwhile(ref Dice dice, in Instruction instruction, byte[] bytes) =>
        forms.CanCompare(instruction, bytes) && (instruction.Code != Code.INVALID || dice.Chance(20));

    private static ulong PlaceInstruction(ref Dice dice)
    {
        Region code = OracleMemory.Code;
        return dice.Below(10) switch
        {
            0 or 1 => code.Linear + OracleMemory.PageSize - 1 - (ulong)dice.Below(15), // across the two pages
            2 => code.End - 1 - (ulong)dice.Below(15), // perhaps into the unmapped page
            3 => code.Linear,
            _ => code.Linear + (ulong)dice.Below((code.Pages * OracleMemory.PageSize) - 32),
        };
    }

    private byte[] DrawBytes(ref Dice dice)
    {
        byte[] bytes = new byte[OracleCase.MaxBytes];
        dice.Fill(bytes);
        if (dice.Chance(4)) return bytes;

        OpCodeInfo encoding = forms.Encodings[dice.Below(forms.Encodings.Count)];
        int length = 0;
        DrawPrefixes(ref dice, encoding, bytes, ref length);
        DrawRex(ref dice, encoding, bytes, ref length);

        foreach (byte b in OpcodeBytes(encoding)) bytes[length++] = b;
        if (InstructionForms.HasOpcodeRegister(encoding)) bytes[length - 1] |= (byte)dice.Below(8);
        if (length < OracleCase.MaxBytes) bytes[length] = DrawModRm(ref dice, encoding, bytes[length]);
        return bytes;
    }

    private static void DrawPrefixes(ref Dice dice, OpCodeInfo encoding, byte[] bytes, ref int length)
    {
        bool repeats = encoding.CanUseRepPrefix || encoding.CanUseRepnePrefix;
        if (dice.Chance(12)) bytes[length++] = dice.Pick<byte>(_segmentPrefixes);
        if (dice.Chance(6)) bytes[length++] = 0x67;
        if (dice.Chance(encoding.CanUseLockPrefix ? 25 : 2)) bytes[length++] = 0xf0;
        if (encoding.MandatoryPrefix is MandatoryPrefix.None or MandatoryPrefix.PNP && dice.Chance(repeats ? 50 : 3))
            bytes[length++] = dice.Chance(50) ? (byte)0xf2 : (byte)0xf3;
        if (encoding.OperandSize == 16 || encoding.MandatoryPrefix == MandatoryPrefix.P66 || dice.Chance(3)) bytes[length++] = 0x66;
        if (dice.Chance(2)) bytes[length++] = dice.Pick<byte>(_segmentPrefixes);
        if (encoding.MandatoryPrefix == MandatoryPrefix.PF3) bytes[length++] = 0xf3;
        if (encoding.MandatoryPrefix == MandatoryPrefix.PF2) bytes[length++] = 0xf2;
    }

    private static void DrawRex(ref Dice dice, OpCodeInfo encoding, byte[] bytes, ref int length)
    {
        bool wide = encoding.W != 0 || (encoding.OperandSize == 64 && encoding.DefaultOpSize64 is false) || dice.Chance(4);
        if (wide || dice.Chance(45)) bytes[length++] = (byte)(0x40 | (wide ? 8 : 0) | dice.Below(8));
    }

    private static byte[] OpcodeBytes(OpCodeInfo encoding)
    {
        byte[] opcode = encoding.OpCodeLength == 2
            ? [(byte)(encoding.OpCode >> 8), (byte)encoding.OpCode]
            : [(byte)encoding.OpCode];
        return encoding.Table switch
        {
            OpCodeTableKind.T0F => [0x0f, .. opcode],
            OpCodeTableKind.T0F38 => [0x0f, 0x38, .. opcode],
            OpCodeTableKind.T0F3A => [0x0f, 0x3a, .. opcode],
            _ => opcode,
        };
    }

    /// <summary>The byte after the opcode: a ModRM byte that fits the encoding, or what was drawn if there is none.</summary>
    private static byte DrawModRm(ref Dice dice, OpCodeInfo encoding, byte drawn)
    {
        int mode = dice.Chance(35) ? 3 : dice.Below(3);
        if (encoding.IsGroup) return (byte)((mode << 6) | (encoding.GroupIndex << 3) | dice.Below(8));
        return encoding.OpCount == 0 ? drawn : (byte)((mode << 6) | dice.Below(64));
    }

    private UserState DrawState(ref Dice dice, ulong rip, in Instruction instruction)
    {
        var state = new UserState
        {
            Rip = rip,
            Rflags = AlwaysSet | (dice.Next() & ArithmeticFlags) | (dice.Chance(25) ? DirectionFlag : 0),
            FsBase = (ulong)dice.Below(0x10000),
            GsBase = (ulong)dice.Below(0x10000),
        };

        for (int i = 0; i < 16; i++) state.Gprs[i] = dice.Value();
        state[Gpr.Rsp] = dice.Chance(80) ? OracleMemory.Data.Linear + 0x800 : OperandSteering.Target(ref dice, rip, 8);
        if (forms != InstructionForms.Integer) FpuValues.Draw(ref dice, state, instruction);
        return state;
    }
}
