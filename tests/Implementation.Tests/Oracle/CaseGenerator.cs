using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>Makes the case that a seed and an index name, always the same one.</summary>
internal sealed class CaseGenerator(InstructionForms forms, ulong seed)
{
    private const ulong ArithmeticFlags = 0x8d5; // CF PF AF ZF SF OF
    private const ulong DirectionFlag = 1 << 10;
    private const ulong AlignmentCheck = 1 << 18;
    private const ulong AlwaysSet = 0x202; // IF and bit 1: user mode cannot change them.

    private readonly OperandSteering _steering = new();

    internal ulong Seed => seed;

    internal OracleCase Create(ulong index)
    {
        Dice dice = Dice.Of(seed, index);
        while (true)
        {
            ulong linear = PlaceInstruction(ref dice);
            byte[] bytes = InstructionBytes.Draw(ref dice, forms);
            var input = new UserState();
            if (forms.Bits != 64) DrawSegments(ref dice, input);
            input.Rip = OperandSteering.OffsetIn(input, SegmentRegister.Cs, linear);
            if (forms.Bits != 64 && input.Rip > Selectors.Read(input.Selectors[(int)SegmentRegister.Cs]).Limit) continue;

            var decoder = Decoder.Create(forms.Bits, new ByteArrayCodeReader(bytes), input.Rip);
            decoder.Decode(out Instruction instruction);
            if (!IsWorthwhile(ref dice, instruction, bytes)) continue;

            DrawRegisters(ref dice, input, instruction);
            var patches = new List<(int, byte[])>();
            if (instruction.Code != Code.INVALID)
            {
                instruction = _steering.Steer(ref dice, instruction, decoder.GetConstantOffsets(instruction), bytes, input, patches);
                if (forms.Bits == 64 && _steering.IsHalfCanonical(instruction, input)) continue;
                if (MayPushIntoKernel(instruction, input)) continue;
            }
            else if (linear + OracleCase.MaxBytes > OracleMemory.Code.End || IsNearLimit(input))
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

    /// <summary>Whether the code segment may end within the instruction.</summary>
    private static bool IsNearLimit(UserState input) =>
        input.CodeBits != 64
        && input.Rip + OracleCase.MaxBytes > Selectors.Read(input.Selectors[(int)SegmentRegister.Cs]).Limit;

    /// <summary>
    /// A far CALL into 64-bit code pushes at RSP, in which Linux has left bits of a kernel address when the stack had 16 (espfix); the
    /// fault there is taken for a spurious one and the host never stops.
    /// </summary>
    private static bool MayPushIntoKernel(in Instruction instruction, UserState input) =>
        (instruction.IsCallFar || instruction.IsCallFarIndirect)
        && !Selectors.Read(input.Selectors[(int)SegmentRegister.Ss]).IsBig;

    /// <summary>Segments of 16- or 32-bit code: often flat ones, as most code has.</summary>
    private void DrawSegments(ref Dice dice, UserState state)
    {
        bool isFlat = forms.Bits == 32 && dice.Chance(40);
        foreach (SegmentRegister register in (ReadOnlySpan<SegmentRegister>)
            [SegmentRegister.Es, SegmentRegister.Ds, SegmentRegister.Fs, SegmentRegister.Gs])
            state.Selectors[(int)register] = isFlat ? Selectors.UserData : Selectors.DrawData(ref dice);
        state.Selectors[(int)SegmentRegister.Ss] = isFlat ? Selectors.UserData : Selectors.DrawStack(ref dice);
        ushort code;
        do code = isFlat ? Selectors.UserCode32 : Selectors.DrawCode(ref dice, forms.Bits);
        while (!IsRunnable(code));
        state.Selectors[(int)SegmentRegister.Cs] = code;
    }

    private bool IsRunnable(ushort selector)
    {
        Descriptor code = Selectors.Read(selector);
        return code.IsCode && code.IsPresent && (selector & 3) == 3 && code.Dpl == 3 && Selectors.CodeBits(selector) == forms.Bits;
    }

    private void DrawRegisters(ref Dice dice, UserState state, in Instruction instruction)
    {
        state.Rflags = AlwaysSet | (dice.Next() & ArithmeticFlags) | (dice.Chance(25) ? DirectionFlag : 0)
            | (dice.Chance(10) ? AlignmentCheck : 0);
        state.FsBase = (ulong)dice.Below(0x10000);
        state.GsBase = (ulong)dice.Below(0x10000);
        for (int i = 0; i < 16; i++) state.Gprs[i] = forms.Bits == 64 ? dice.Value() : (uint)dice.Value();
        ulong stack = dice.Chance(80) ? OracleMemory.Data.Linear + 0x800 : OperandSteering.Target(ref dice, state.LinearRip, 8);
        state[Gpr.Rsp] = OperandSteering.OffsetIn(state, SegmentRegister.Ss, stack);
        if (forms.UsesFpu) FpuValues.Draw(ref dice, state);
        if (forms.ComputesInX87) X87Values.Draw(ref dice, state);
    }
}
