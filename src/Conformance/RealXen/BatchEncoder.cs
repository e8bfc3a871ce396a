using System.Buffers.Binary;
using System.Numerics;
using Conformance.Scripts;

namespace Conformance.RealXen;

/// <summary>Writes the boot module that guests/conform plays.</summary>
/// <remarks>
/// Little endian, nothing aligned. A batch is the magic, the version, flags, the count of scripts, the count of bytes that follow; a script the count
/// of its bytes and acts, flags, and roots; an act its means, whether it is compared, and what the means needs. An operand is its kind
/// and, in the upper half of the byte, the count of bytes of the number that it has. docs/real-xen.md has the tables.
/// </remarks>
internal static class BatchEncoder
{
    public const uint Magic = 0x31424652, Version = 5;

    private const uint Verbose = 1;

    /// <summary>The member of a yield that belongs to the call itself.</summary>
    private const byte Whole = 0xff;

    /// <summary>VGCF_in_syscall; what stands for the two addresses, and the stack, of the guest's.</summary>
    private const ulong InSyscall = 1 << 8, After = 1, Undefined = 2, OwnStack = 1;

    /// <param name="scripts">to be played, in this order</param>
    /// <param name="verbose">every word is to be told</param>
    /// <exception cref="ArgumentException">an act is beyond what the format can hold</exception>
    public static byte[] Encode(IReadOnlyList<ScriptPlan> scripts, bool verbose)
    {
        ByteWriter body = new();
        foreach (ScriptPlan script in scripts) Write(body, script);
        ByteWriter batch = new();
        batch.U32(Magic).U32(Version).U32(verbose ? Verbose : 0).U32((uint)scripts.Count).U32((uint)body.Length).Bytes(body.Written);
        return batch.Written.ToArray();
    }

    private static void Write(ByteWriter to, ScriptPlan script)
    {
        ByteWriter acts = new();
        foreach (PlannedAct act in script.Acts) Write(acts, act);
        to.U32((uint)acts.Length).U16((ushort)script.Acts.Count).U16(script.Resets ? (ushort)1 : (ushort)0).U16(script.Roots).Bytes(acts.Written);
    }

    private static void Write(ByteWriter to, PlannedAct planned)
    {
        Act act = planned.Act;
        to.U8((byte)act.Row.Means).U8(planned.IsCompared ? (byte)1 : (byte)0);
        switch (act.Row.Means)
        {
            case Means.Hypercall:
                Write(to, Recipe.Of(act), planned);
                break;

            case Means.Read:
                Write(to, act[0]);
                break;

            case Means.Write:
                Write(to, act[0]);
                Write(to, act[1]);
                break;

            case Means.Instruction:
                WriteInstruction(to, act);
                break;

            case Means.Interrupt:
                to.U8((byte)act[0].Bits);
                break;

            case Means.Return:
                WriteReturn(to, ReturnFrame.Of(act));
                break;
        }
    }

    private static void WriteReturn(ByteWriter to, in ReturnFrame frame)
    {
        foreach (ulong word in (ulong[])[frame.InSyscall ? InSyscall : 0, frame.RipOf(After, Undefined), frame.Cs, frame.Flags, frame.RspOf(OwnStack, OwnStack), frame.Ss])
            Write(to, Operand.Number(word));
    }

    private static void WriteInstruction(ByteWriter to, Act act)
    {
        InstructionRow row = Instructions.Of((int)act[0].Bits);
        Write(to, row.Rax);
        Write(to, row.Rcx);
        Write(to, row.Rdx);
        Write(to, row.Rdi);
        to.U8((byte)row.Bytes.Count).Bytes([.. row.Bytes]);
    }

    private static void Write(ByteWriter to, Recipe recipe, PlannedAct planned)
    {
        if (recipe.Length > Recipe.MaxLength) throw new ArgumentException($"a buffer of {recipe.Length} bytes", nameof(recipe));
        foreach (Operand register in recipe.Registers) Write(to, register);
        to.U16((ushort)recipe.Length).U16((ushort)recipe.Fields.Length);
        foreach (Field field in recipe.Fields)
        {
            to.U16(field.Offset).U8(field.Bytes);
            Write(to, field.Value);
        }

        List<(Yield Yield, byte Member)> yields = [];
        if (recipe.Yield.Kind != YieldKind.None) yields.Add((recipe.Yield, Whole));
        for (int i = 0; i < recipe.Calls.Length; i++)
        {
            if (recipe.Calls[i].Yield.Kind != YieldKind.None) yields.Add((recipe.Calls[i].Yield, (byte)i));
        }

        to.U8((byte)recipe.Calls.Length).U8((byte)yields.Count).U16(planned.Adopts).U16(planned.Moved).U16(planned.Unrooted);
        foreach ((Yield yield, byte member) in yields) to.U8((byte)yield.Kind).U8(member).U16(Begins(yield));
    }

    /// <summary>Behind the frame numbers of earlier calls; where that is beyond the buffer there are none.</summary>
    private static ushort Begins(Yield yield) => (ushort)(yield.Offset + (sizeof(ulong) * Math.Min(yield.First, (ulong)(Recipe.MaxLength - yield.Offset) / sizeof(ulong))));

    private static void Write(ByteWriter to, Operand operand)
    {
        int bytes = operand.Kind is Reference.Number or Reference.Machine or Reference.Buffer
            ? (71 - BitOperations.LeadingZeroCount(operand.Bits)) / 8
            : 0;
        to.U8((byte)((byte)operand.Kind | (bytes << 4)));
        switch (operand.Kind)
        {
            case Reference.Frame or Reference.Machine:
                to.U8((byte)operand.Index);
                break;

            case Reference.Port:
                to.U16(operand.Index);
                break;

            case Reference.Domain:
                to.U8(operand.Domain);
                break;
        }

        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, operand.Bits);
        to.Bytes(number[..bytes]);
    }
}
