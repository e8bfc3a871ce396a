using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>Makes the case that a seed and an index name, always the same one.</summary>
internal sealed class CaseGenerator(InstructionForms forms, ulong seed)
{
    private const ulong ArithmeticFlags = 0x8d5; // CF PF AF ZF SF OF
    private const ulong DirectionFlag = 1 << 10;
    private const ulong AlwaysSet = 0x202; // IF and bit 1: user mode cannot change them.

    private readonly OperandSteering _steering = new();

    internal ulong Seed => seed;

    internal OracleCase Create(ulong index)
    {
        Dice dice = Dice.Of(seed, index);
        while (true)
        {
            ulong rip = PlaceInstruction(ref dice);
            byte[] bytes = InstructionBytes.Draw(ref dice, forms);

            var decoder = Decoder.Create(64, new ByteArrayCodeReader(bytes), rip);
            decoder.Decode(out Instruction instruction);
            if (!IsWorthwhile(ref dice, instruction, bytes)) continue;

            UserState input = DrawState(ref dice, rip, instruction);
            var patches = new List<(int, byte[])>();
            if (instruction.Code != Code.INVALID)
            {
                instruction = _steering.Steer(ref dice, instruction, decoder.GetConstantOffsets(instruction), bytes, input, patches);
                if (_steering.IsHalfCanonical(instruction, input)) continue;
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
                Simd = forms.UsesFpu,
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
        if (forms.UsesFpu) FpuValues.Draw(ref dice, state, instruction);
        return state;
    }
}
