using Conformance.Scripts;

namespace Conformance.Generation;

/// <summary>Which of two scripts is the simpler one: fewer acts, then earlier acts that come first by actor, operation and operands.</summary>
internal static class ScriptOrder
{
    public static int Compare(Script a, Script b)
    {
        int order = a.Acts.Count.CompareTo(b.Acts.Count);
        for (int i = 0; order == 0 && i < a.Acts.Count; i++) order = Compare(a.Acts[i], b.Acts[i]);
        return order;
    }

    private static int Compare(Act a, Act b)
    {
        int order = (a.Domain, a.Vcpu, a.Operation, a.Operands.Count, a.Members.Count).CompareTo((b.Domain, b.Vcpu, b.Operation, b.Operands.Count, b.Members.Count));
        for (int i = 0; order == 0 && i < a.Operands.Count; i++)
        {
            (Operand x, Operand y) = (a.Operands[i], b.Operands[i]);
            order = (x.Kind, x.Domain, x.Index, x.Bits).CompareTo((y.Kind, y.Domain, y.Index, y.Bits));
        }

        for (int i = 0; order == 0 && i < a.Members.Count; i++) order = Compare(a.Members[i], b.Members[i]);
        return order;
    }
}
