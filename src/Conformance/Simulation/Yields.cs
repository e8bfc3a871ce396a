using System.Buffers.Binary;
using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation;

/// <summary>Takes what a hypercall left in its buffer for later acts to name.</summary>
internal static class Yields
{
    /// <param name="answer">what the hypercall answered</param>
    public static void Take(SimulatedStage stage, Vcpu vcpu, Recipe recipe, long answer)
    {
        stage.NoteGone(vcpu.Domain);
        TakeOne(stage, vcpu, recipe, answer);
        for (int i = 0; i < recipe.Calls.Length && answer == 0; i++) TakeOne(stage, vcpu, recipe.Calls[i], AnswerOfMember(stage, vcpu, i));
    }

    private static void TakeOne(SimulatedStage stage, Vcpu vcpu, Recipe recipe, long answer)
    {
        ReadOnlySpan<byte> buffer = stage.Xen.Memory.Frame(stage.BufferFrame(vcpu));
        switch (recipe.Yield.Kind)
        {
            case YieldKind.Port when answer == 0:
                stage.AddPort(vcpu.Domain, BinaryPrimitives.ReadUInt32LittleEndian(buffer[recipe.Yield.Offset..]));
                break;

            case YieldKind.Frames:
                int word = stage.Shape.Space.WordBytes, most = (Recipe.MaxLength - recipe.Yield.Offset) / word;
                for (ulong i = recipe.Yield.First; i < (ulong)Math.Clamp(answer, 0, most); i++)
                    stage.AddFrame(vcpu.Domain, Word(buffer[(recipe.Yield.Offset + ((int)i * word))..], word));
                break;
        }
    }

    /// <summary>struct multicall_entry has eight words: the number, then the answer.</summary>
    private static long AnswerOfMember(SimulatedStage stage, Vcpu vcpu, int member)
    {
        int word = stage.Shape.Space.WordBytes;
        ulong answer = Word(stage.Xen.Memory.Frame(stage.BufferFrame(vcpu))[(((member * 8) + 1) * word)..], word);
        return word == sizeof(uint) ? (int)answer : unchecked((long)answer);
    }

    private static ulong Word(ReadOnlySpan<byte> from, int bytes) =>
        bytes == sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(from) : BinaryPrimitives.ReadUInt64LittleEndian(from);
}
