using Conformance.Scripts;

namespace Conformance.Tests.Lowering;

/// <summary>Scripts of one iret each.</summary>
internal static class ReturnScripts
{
    /// <summary>Frames in which two words are not the first of their choices.</summary>
    public static IEnumerable<Script> Pairs(StageShape shape)
    {
        IReadOnlyList<OperandRow> rows = ReturnFrame.Operands;
        Operand[] plain = [.. rows.Select(r => Operand.Number(r.Choices[0]))];
        for (int first = 0; first < rows.Count; first++)
        {
            for (int second = first + 1; second < rows.Count; second++)
            {
                foreach (ulong one in rows[first].Choices)
                {
                    foreach (ulong other in rows[second].Choices)
                    {
                        Operand[] operands = [.. plain];
                        (operands[first], operands[second]) = (Operand.Number(one), Operand.Number(other));
                        yield return new(shape, [new(1, 0, Operation.Return, [.. operands])]);
                    }
                }
            }
        }
    }
}
