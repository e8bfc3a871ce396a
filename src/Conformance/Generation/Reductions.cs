using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Generation;

/// <summary>Smaller scripts, each kind in a fixed order. None of them knows why a script fails.</summary>
internal static class Reductions
{
    private const int MostDomains = 4;

    private static readonly Operand Zero = Operand.Number(0);

    private static readonly Operand[] SmallNumbers = [Zero, Operand.Number(1), Operand.Number(2)];

    private static readonly Operand[][] FramesOf = [.. Enumerable.Range(1, MostDomains).Select(d => (Operand[])[Zero, .. StageFrames.Select(f => Operand.Frame(d, f))])];

    private static readonly Operand[][] EntriesOf =
        [.. Enumerable.Range(1, MostDomains).Select(d => (Operand[])[Zero, .. StageFrames.SelectMany(f => SimpleActs.EntryBits.Select(b => Operand.Machine(d, f, b)))])];

    private static IEnumerable<int> StageFrames => Enumerable.Range(0, StageFrame.Count);

    /// <summary>Without a chunk of acts, the largest chunks first and from the end.</summary>
    public static IEnumerable<Script> Chunks(Script script)
    {
        for (int size = script.Acts.Count / 2; size > 0; size /= 2)
        {
            for (int end = script.Acts.Count; end > 0; end -= size) yield return Without(script, Math.Max(0, end - size), Math.Min(size, end));
        }
    }

    /// <summary>With one act taken apart: fewer members, fewer elements, or each by itself.</summary>
    public static IEnumerable<Script> Parts(Script script)
    {
        for (int i = 0; i < script.Acts.Count; i++)
        {
            Act act = script.Acts[i];
            if (act.PausesAt is not null) yield return With(script, i, act with { PausesAt = null });
            if (act.Operation == Operation.Multicall) yield return Replace(script, i, [.. act.Members]);
            if (act.Elements > 1) yield return Replace(script, i, [.. Enumerable.Range(0, act.Elements).Select(e => Only(act, e))]);
            foreach (Act smaller in Smaller(act)) yield return With(script, i, smaller);
        }
    }

    /// <summary>With every act done by the first domain or its first vCPU, on its own frames.</summary>
    public static IEnumerable<Script> Actors(Script script)
    {
        yield return Map(script, a => ByFirst(a with { Vcpu = 0 }));
        yield return Map(script, ByFirst);
        yield return Map(script, a => a with { Vcpu = 0 });
        for (int d = 2; d <= script.Shape.Domains; d++) yield return Map(script, a => Exchange(a, 1, d));
        for (int i = 0; i < script.Acts.Count; i++)
        {
            if (script.Acts[i].Domain != 1) yield return With(script, i, ByFirst(script.Acts[i]));
            if (script.Acts[i].Vcpu != 0) yield return With(script, i, script.Acts[i] with { Vcpu = 0 });
        }
    }

    /// <summary>With two frames of the pool exchanged throughout, so that the one that is named first has the lower number.</summary>
    public static IEnumerable<Script> Renamings(Script script)
    {
        for (int low = 0; low < StageFrame.Root; low++)
        {
            for (int high = low + 1; high < StageFrame.Root; high++)
            {
                (ushort one, ushort other) = ((ushort)low, (ushort)high);
                yield return Map(script, a => Exchange(a, one, other));
            }
        }
    }

    /// <summary>With a slot of leaf tables, and the addresses that lead there, given way to the first slot throughout.</summary>
    public static IEnumerable<Script> Slots(Script script)
    {
        const int pageShift = 12;
        const ulong mask = 511UL << pageShift;
        for (ulong slot = 511; slot > 0; slot--)
        {
            ulong from = slot, address = script.Shape.Space.Window | (slot << pageShift);
            yield return Map(script, a => a with
            {
                Operands = [.. a.Operands.Select(o => o.Kind != Reference.Number ? o : o.Bits == from ? Zero : (o.Bits & ~0xfffUL) == address ? o with { Bits = o.Bits & ~mask } : o)],
            });
        }
    }

    /// <summary>With one operand made simpler.</summary>
    public static IEnumerable<Script> Operands(Script script)
    {
        for (int i = 0; i < script.Acts.Count; i++)
        {
            foreach (Act simpler in Simpler(script.Shape.Kind, script.Acts[i])) yield return With(script, i, simpler);
        }
    }

    public static Script With(Script script, int at, Act act) => Replace(script, at, [act]);

    public static Script Without(Script script, int at, int count) =>
        script with { Acts = [.. script.Acts.Take(at), .. script.Acts.Skip(at + count)] };

    private static Script Replace(Script script, int at, Act[] acts) =>
        script with { Acts = [.. script.Acts.Take(at), .. acts, .. script.Acts.Skip(at + 1)] };

    private static Script Map(Script script, Func<Act, Act> map) => script with { Acts = [.. script.Acts.Select(map)] };

    private static Act Only(Act act, int element) => act with
    {
        Operands = [.. act.Operands.Take(act.Row.Fixed.Length), .. act.Operands.Skip(act.Row.Fixed.Length + (element * act.Row.Element.Length)).Take(act.Row.Element.Length)],
    };

    private static IEnumerable<Act> Smaller(Act act)
    {
        for (int e = act.Elements - 1; e >= 0 && act.Row.Element.Length > 0; e--)
        {
            int at = act.Row.Fixed.Length + (e * act.Row.Element.Length);
            yield return act with { Operands = [.. act.Operands.Take(at), .. act.Operands.Skip(at + act.Row.Element.Length)] };
        }

        for (int m = act.Members.Length - 1; m >= 0; m--)
        {
            yield return act with { Members = [.. act.Members.Take(m), .. act.Members.Skip(m + 1)] };
            foreach (Act member in Smaller(act.Members[m])) yield return WithMember(act, m, member);
        }
    }

    private static IEnumerable<Act> Simpler(DomainKind kind, Act act)
    {
        for (int o = 0; o < act.Operands.Length; o++)
        {
            foreach (Operand simpler in Simpler(kind, act, o)) yield return act with { Operands = [.. act.Operands.Take(o), simpler, .. act.Operands.Skip(o + 1)] };
        }

        for (int m = 0; m < act.Members.Length; m++)
        {
            foreach (Act member in Simpler(kind, act.Members[m])) yield return WithMember(act, m, member);
        }
    }

    private static Act WithMember(Act act, int at, Act member) => act with { Members = [.. act.Members.Take(at), member, .. act.Members.Skip(at + 1)] };

    /// <summary>The operands that come first in the place of one, the simplest before the others.</summary>
    public static IReadOnlyList<Operand> Preferred(DomainKind kind, Act act, int operand)
    {
        OperandRow row = operand < act.Row.Fixed.Length ? act.Row.Fixed[operand] : act.Row.Element[(operand - act.Row.Fixed.Length) % act.Row.Element.Length];
        return row.Sort switch
        {
            Sort.Frame => FramesOf[act.Domain - 1],
            Sort.Entry => EntriesOf[act.Domain - 1],
            Sort.Pointer => [Operand.Buffer(), Zero],
            Sort.Address => [Operand.Number(StageSpace.Of(kind).Window), Zero],
            Sort.Self => [Operand.Number(Operations.DomidSelf), Zero],
            Sort.Choice => [.. row.Choices.Select(Operand.Number)],
            Sort.Port => [Operand.Port(act.Domain, 0), Zero],
            Sort.Domain => [Operand.DomainId(1), Zero],
            _ => SmallNumbers,
        };
    }

    /// <summary>Operands that come before the one that is there.</summary>
    private static IEnumerable<Operand> Simpler(DomainKind kind, Act act, int operand)
    {
        Operand present = act.Operands[operand];
        IReadOnlyList<Operand> preferred = Preferred(kind, act, operand);
        IEnumerable<Operand> before = preferred.TakeWhile(c => c != present);
        return present.Kind == Reference.Number && !preferred.Contains(present) ? before.Append(Operand.Number(present.Bits / 2)) : before;
    }

    private static Act ByFirst(Act act) => act.Domain == 1 ? act with { Members = [.. act.Members.Select(ByFirst)] } : act with
    {
        Domain = 1,
        Operands = [.. act.Operands.Select(o => o.Domain == act.Domain ? o with { Domain = 1 } : o)],
        Members = [.. act.Members.Select(ByFirst)],
    };

    private static Act Exchange(Act act, int low, int high) => act with
    {
        Domain = (byte)Other(act.Domain, low, high),
        Operands = [.. act.Operands.Select(o => o with { Domain = (byte)Other(o.Domain, low, high) })],
        Members = [.. act.Members.Select(m => Exchange(m, low, high))],
    };

    private static Act Exchange(Act act, ushort low, ushort high) => act with
    {
        Operands = [.. act.Operands.Select(o => o.Kind is Reference.Frame or Reference.Machine ? o with { Index = (ushort)Other(o.Index, low, high) } : o)],
        Members = [.. act.Members.Select(m => Exchange(m, low, high))],
    };

    private static int Other(int one, int low, int high) => one == low ? high : one == high ? low : one;
}
