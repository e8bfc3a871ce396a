using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Generation;

/// <summary>Which of two scripts is the simpler one: a total order without endless descents, so that whatever only goes down in it ends.</summary>
/// <remarks>
/// Fewer requests come first, then fewer acts, then earlier acts that come first: by actor, by their place among <see cref="SimpleActs"/>, by operation and
/// operands.
/// </remarks>
internal static class ScriptOrder
{
    public static int Compare(Script a, Script b)
    {
        int order = (Requests(a), a.Acts.Count).CompareTo((Requests(b), b.Acts.Count));
        for (int i = 0; order == 0 && i < a.Acts.Count; i++) order = Compare(a.Shape.Kind, a.Acts[i], b.Acts[i]);
        return order;
    }

    /// <summary>What a script asks for: what is wrapped up with others, or interrupted, costs one more than by itself.</summary>
    public static int Requests(Script script) => script.Acts.Sum(Requests);

    private static int Requests(Act act)
    {
        int inside = act.Operation == Operation.Multicall ? 1 + act.Members.Sum(Requests) : act.Elements > 1 ? 1 + act.Elements : 1;
        return act.PausesAt is null ? inside : inside + 1;
    }

    private static int Compare(DomainKind kind, Act a, Act b)
    {
        SimpleActs simple = SimpleActs.Of(kind);
        int order = (a.Domain, a.Vcpu, simple.RankOf(a), a.Operation).CompareTo((b.Domain, b.Vcpu, simple.RankOf(b), b.Operation));
        if (order == 0) order = (a.Operands.Length, a.Members.Length).CompareTo((b.Operands.Length, b.Members.Length));
        for (int i = 0; order == 0 && i < a.Operands.Length; i++) order = Compare(Reductions.Preferred(kind, a, i), a.Operands[i], b.Operands[i]);
        for (int i = 0; order == 0 && i < a.Members.Length; i++) order = Compare(kind, a.Members[i], b.Members[i]);
        return order == 0 ? Nullable.Compare(a.PausesAt, b.PausesAt) : order;
    }

    /// <param name="preferred">operands that come before all others, in this order</param>
    private static int Compare(IReadOnlyList<Operand> preferred, in Operand a, in Operand b)
    {
        if (a == b) return 0;
        int order = Place(preferred, a).CompareTo(Place(preferred, b));
        return order != 0 ? order : (a.Kind, a.Domain, a.Index, a.Bits).CompareTo((b.Kind, b.Domain, b.Index, b.Bits));
    }

    private static int Place(IReadOnlyList<Operand> preferred, Operand operand)
    {
        for (int i = 0; i < preferred.Count; i++)
        {
            if (preferred[i] == operand) return i;
        }

        return preferred.Count;
    }
}
