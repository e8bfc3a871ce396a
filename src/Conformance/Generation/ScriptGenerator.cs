using Conformance.RealXen;
using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>Makes scripts.</summary>
/// <remarks>The same options and seed give the same script, on any machine. What an act's <see cref="Mood"/> means is said there.</remarks>
public static class ScriptGenerator
{
    /// <summary>How often an act is drawn anew that is not one for real Xen, before a harmless one takes its place.</summary>
    private const int Attempts = 20;

    public static Script Make(GeneratorOptions options, ulong seed)
    {
        ActWriter writer = new(options, seed);
        Act[] acts = new Act[options.Length];
        for (int i = 0; i < acts.Length; i++) acts[i] = options.ForRealXen ? ForRealXen(writer) : writer.Next();
        return new(options.Shape, acts);
    }

    /// <summary>As <see cref="Make"/>, with the mood of each act.</summary>
    internal static IEnumerable<(Act Act, Mood Mood)> Moods(GeneratorOptions options, ulong seed)
    {
        ActWriter writer = new(options, seed);
        for (int i = 0; i < options.Length; i++) yield return (writer.Next(), writer.Mood);
    }

    private static Act ForRealXen(ActWriter writer)
    {
        for (int i = 0; i < Attempts; i++)
        {
            Act act = writer.Next();
            bool isInstruction = act.Operation == Operation.Instruction && Instructions.Of((int)act[0].Bits).NotOnRealXen is not null;
            if (!isInstruction && XenRules.IsAsked(act)) return act;
        }

        return new(1, 0, Operation.Read, Operand.Number(Stage.Window));
    }
}
