using System.Globalization;
using System.Text;
using Checking.Proving.Unbounded;
using Model.Domains;

namespace Checking.Proving.Smt;

/// <summary>Formulas as SMT-LIB 2.6 (www.smt-lib.org). What occurs more than once is defined once.</summary>
internal sealed class SmtText
{
    private static readonly Sort[] s_uninterpreted =
        [Sort.Frame, Sort.Slot, Sort.Domain, Sort.Vcpu, Sort.Vector, Sort.Address, Sort.Facility, Sort.Processor];

    private readonly Signature _signature;
    private readonly FreeConstants _free = new();
    private readonly HashSet<Constant> _declared;
    private readonly Dictionary<Node, int> _uses = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, string> _named = new(ReferenceEqualityComparer.Instance);

    public SmtText(IReadOnlyList<Formula> formulas)
    {
        _signature = new(formulas);
        _declared = [.. _signature.Constants];
        foreach (Formula formula in formulas) Count(formula.Node);
    }

    /// <summary>What holds of the sorts that the formulas speak of.</summary>
    public IEnumerable<Formula> Axioms => _signature.Axioms;

    /// <summary>Sorts, functions and constants.</summary>
    public string Declarations => Lines(
    [
        .. s_uninterpreted.Where(IsMentioned).Select(s => $"(declare-sort {s} 0)"),
        .. _signature.Symbols.Select(s => $"(declare-fun {s.Name} ({string.Join(' ', s.Columns.Select(c => Of(c)))}) {Of(s.Value)})"),
        .. _signature.Domains.Select(d => $"(declare-const {Of(new Literal(Sort.Domain, d))} {Sort.Domain})"),
        .. _signature.Constants.Select(c => $"(declare-const {c.Name} {Of(c.Sort)})"),
    ]);

    /// <summary>The formulas, asserted one by one; before each what it is the first to need a name for.</summary>
    public string Asserted(IEnumerable<Formula> formulas)
    {
        List<string> lines = [];
        foreach (Formula formula in formulas)
        {
            Define(formula.Node, lines);
            lines.Add($"(assert {Of(formula.Node)})");
        }

        return Lines(lines);
    }

    /// <summary>The sorts of memory are declared in any case.</summary>
    private bool IsMentioned(Sort sort) =>
        sort <= Sort.Vcpu
        || _signature.Symbols.Any(s => s.Value == sort || s.Columns.Contains(sort))
        || _signature.Constants.Any(c => c.Sort == sort);

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);

    private static string Of(Sort? sort) => sort switch
    {
        null => "Bool",
        Sort.Type => "(_ BitVec 3)",
        Sort.Ring => "(_ BitVec 2)",
        Sort.Count => "Int",
        var other => $"{other}",
    };

    private void Count(Node node)
    {
        if (_uses.TryGetValue(node, out int uses))
        {
            _uses[node] = uses + 1;
            return;
        }

        _uses[node] = 1;
        foreach (Node part in node.Parts) Count(part);
    }

    /// <summary>Defines whatever in the node occurs again and mentions no bound variable, the inner before the outer.</summary>
    private void Define(Node node, List<string> lines)
    {
        if (node is Leaf || _named.ContainsKey(node)) return;

        foreach (Node part in node.Parts) Define(part, lines);
        if (_uses.GetValueOrDefault(node) < 2 || node.Parts.All(p => p is Leaf) || !_free.In(node).All(_declared.Contains)) return;

        string name = $"shared.{_named.Count + 1}";
        lines.Add($"(define-fun {name} () {SortOf(node)} {Of(node)})");
        _named[node] = name;
    }

    private static string SortOf(Node node) => node switch
    {
        Apply apply => Of(apply.Symbol.Value),
        Choice choice => SortOf(choice.Then),
        Constant constant => Of(constant.Sort),
        Literal literal => Of(literal.Sort),
        Binary { Join: Join.Plus or Join.Minus } => Of(Sort.Count),
        _ => Of((Sort?)null),
    };

    private string Of(Node node) => _named.TryGetValue(node, out string? name) ? name : node switch
    {
        Known known => known.Value ? "true" : "false",
        Constant constant => constant.Name,
        Literal { Sort: Sort.Type } literal => $"#b{literal.Value:b3}",
        Literal { Sort: Sort.Ring } literal => $"#b{literal.Value:b2}",
        Literal { Sort: Sort.Count } literal => literal.Value.ToString(CultureInfo.InvariantCulture),
        Literal literal => $"{literal.Sort}.{literal.Value}",
        Apply apply => Call(apply.Symbol.Name, apply.Parts),
        Not not => Call("not", [not.A]),
        Binary binary => Call(Word(binary.Join), binary.Parts),
        Choice choice => Call("ite", choice.Parts),
        ForAll all => $"(forall ({string.Join(' ', all.Variables.Select(v => $"({v.Name} {Of(v.Sort)})"))}) {Of(all.Body)})",
        _ => throw new InvalidOperationException($"no SMT-LIB for {node.GetType().Name}"),
    };

    private string Call(string head, IReadOnlyList<Node> parts)
    {
        StringBuilder text = new($"({head}");
        foreach (Node part in parts) text.Append(' ').Append(Of(part));
        return text.Append(')').ToString();
    }

    private static string Word(Join join) => join switch
    {
        Join.And => "and",
        Join.Or => "or",
        Join.Equal => "=",
        Join.Plus => "+",
        Join.Minus => "-",
        _ => "<",
    };
}
