using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Oracle;

/// <summary>A short program: memory as it stands at the start, and the registers.</summary>
internal sealed record GeneratedProgram(byte[] Image, UserState Input, IReadOnlyList<string> Listing);

/// <summary>Makes programs that run for a while, by growing them along their own execution.</summary>
/// <remarks>
/// Wherever execution arrives at a place with no instruction of ours, a drawn one is put there; one that faults is usually drawn
/// again. The processor under test serves as the guide, but the program stands by itself: it is replayed from the start.
/// </remarks>
internal sealed class ProgramGenerator(InstructionForms forms, ulong seed)
{
    private const int MaxInstructions = 80;
    private const ulong ArithmeticFlags = 0x8d5;

    private readonly OperandSteering _steering = new();
    private readonly UserState _state = new();

    internal GeneratedProgram Create(ulong index, EngineProcessor guide)
    {
        Dice dice = Dice.Of(seed, index);
        byte[] start = Campaign.PristineImage(seed ^ index);
        UserState input = DrawState(ref dice);
        var written = new HashSet<ulong>();
        var listing = new List<string>();

        start.CopyTo(guide.Image);
        _state.CopyFrom(input);
        bool simd = forms.UsesFpu;
        for (int count = 0; count < MaxInstructions; count++)
        {
            if (!written.Contains(_state.Rip) && !Place(ref dice, start, guide, written, listing)) break;
            if (guide.Step(_state, simd) != Outcome.Retired) break;
        }

        return new(start, input, listing);
    }

    /// <summary>Puts an instruction, and moves that point its registers somewhere, at RIP.</summary>
    /// <returns>false when RIP has left the code pages</returns>
    private bool Place(ref Dice dice, byte[] start, EngineProcessor guide, HashSet<ulong> written, List<string> listing)
    {
        const int Room = 16 * 10; // A move of ten bytes for each register at most, then the instruction.
        const int Attempts = 12;

        ulong rip = _state.Rip;
        if (unchecked(rip - OracleMemory.Code.Linear) > (2 * OracleMemory.PageSize) - Room - OracleCase.MaxBytes) return false;

        if (written.Count > 0 && dice.Chance(8) && Loop(ref dice, rip, written) is { } loop)
        {
            loop.CopyTo(guide.Image[OracleMemory.ImageOffset(rip)..]);
            loop.CopyTo(start, OracleMemory.ImageOffset(rip));
            MarkWritten(loop, rip, written, listing);
            return true;
        }

        var before = new UserState();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            (byte[] bytes, Instruction instruction, UserState wanted) = Draw(ref dice, rip);
            byte[] moves = Moves(_state, wanted);
            byte[] code = [.. moves, .. bytes.AsSpan(0, instruction.Length)];

            before.CopyFrom(wanted);
            before.Rip = rip + (ulong)moves.Length;
            int offset = OracleMemory.ImageOffset(rip);
            byte[] image = guide.Image.ToArray();
            code.CopyTo(guide.Image[offset..]);
            bool retires = guide.Step(before, forms.UsesFpu) == Outcome.Retired;
            image.CopyTo(guide.Image);
            if (!retires && !dice.Chance(5)) continue;

            code.CopyTo(guide.Image[offset..]);
            code.CopyTo(start, offset);
            MarkWritten(code, rip, written, listing);
            return true;
        }

        return false;
    }

    /// <summary>LOOP back to an instruction that was there before, so that blocks are entered again.</summary>
    private static byte[]? Loop(ref Dice dice, ulong rip, HashSet<ulong> written)
    {
        ulong[] near = [.. written.Where(target => target < rip && rip + 2 - target <= 128)];
        return near.Length == 0 ? null : [0xe2, unchecked((byte)(dice.Pick<ulong>(near) - rip - 2))];
    }

    private (byte[] Bytes, Instruction Instruction, UserState Wanted) Draw(ref Dice dice, ulong rip)
    {
        while (true)
        {
            byte[] bytes = InstructionBytes.Draw(ref dice, forms);
            var decoder = Decoder.Create(forms.Bits, new ByteArrayCodeReader(bytes), rip);
            decoder.Decode(out Instruction instruction);
            if (instruction.Code == Code.INVALID || !forms.CanCompare(instruction, bytes)) continue;

            var wanted = new UserState();
            wanted.CopyFrom(_state);
            // The moves in front shift a displacement relative to RIP: it lands elsewhere, which is fine.
            Instruction steered = _steering.Steer(ref dice, instruction, decoder.GetConstantOffsets(instruction), bytes, wanted, []);
            return (bytes, steered, wanted);
        }
    }

    /// <summary>MOV of an immediate as wide as a register for each that must change.</summary>
    private byte[] Moves(UserState from, UserState to)
    {
        List<byte> code = [];
        for (int i = 0; i < (forms.Bits == 64 ? 16 : 8); i++)
        {
            if (from.Gprs[i] == to.Gprs[i]) continue;
            if (forms.Bits == 64) code.Add((byte)(i < 8 ? 0x48 : 0x49));
            code.Add((byte)(0xb8 + (i & 7)));
            code.AddRange(BitConverter.GetBytes(to.Gprs[i])[..(forms.Bits / 8)]);
        }

        return [.. code];
    }

    private void MarkWritten(byte[] code, ulong rip, HashSet<ulong> written, List<string> listing)
    {
        var decoder = Decoder.Create(forms.Bits, new ByteArrayCodeReader(code), rip);
        while (decoder.IP < rip + (ulong)code.Length)
        {
            ulong at = decoder.IP;
            decoder.Decode(out Instruction instruction);
            written.Add(at);
            listing.Add($"{at:x}  {instruction}");
        }
    }

    private UserState DrawState(ref Dice dice)
    {
        var state = new UserState
        {
            Rip = OracleMemory.Code.Linear + (ulong)dice.Below(OracleMemory.PageSize),
            Rflags = 0x202 | (dice.Next() & ArithmeticFlags),
        };
        for (int i = 0; i < 16; i++) state.Gprs[i] = forms.Bits == 64 ? dice.Value() : (uint)dice.Value();
        if (forms.Bits == 32)
        {
            ushort[] selectors = [Selectors.UserData, Selectors.UserCode32, Selectors.UserData, Selectors.UserData, 0x27, 0x2f];
            selectors.CopyTo(state.Selectors, 0);
        }

        state[Gpr.Rsp] = OracleMemory.Data.Linear + 0x1000;
        if (forms.UsesFpu) FpuValues.Draw(ref dice, state);
        return state;
    }
}
