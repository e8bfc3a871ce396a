using System.Runtime.CompilerServices;
using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>Everything that some formulas mention and do not bind.</summary>
internal sealed class Signature
{
    private readonly HashSet<Node> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<string, Symbol> _symbols = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Name, Sort? Sort), Constant> _constants = new(Comparer<(string Name, Sort? Sort)>.Create(
        (a, b) => string.CompareOrdinal(a.Name, b.Name) is var order and not 0 ? order : Nullable.Compare(a.Sort, b.Sort)));
    private readonly SortedSet<int> _domains = [];
    private readonly HashSet<Constant> _bound = [];

    public Signature(IEnumerable<Formula> formulas)
    {
        foreach (Formula formula in formulas) Visit(formula.Node);
    }

    /// <summary>Relations and functions, by name.</summary>
    public IEnumerable<Symbol> Symbols => _symbols.Values;

    /// <summary>Words and bits, by name; in queries of their own the same name may be of several sorts.</summary>
    public IEnumerable<Constant> Constants => _constants.Values;

    /// <summary>The domains that the model names.</summary>
    public IEnumerable<int> Domains => _domains;

    /// <summary>What holds of the sorts themselves: the domains that the model names are different.</summary>
    public IEnumerable<Formula> Axioms =>
    [
        .. from a in _domains from b in _domains where a < b select Different(Sort.Domain, a, b),
    ];

    /// <summary>Said outright: between two literals an equality would fold.</summary>
    private static Formula Different(Sort sort, int a, int b) => new(new Not(new Binary(Join.Equal, new Literal(sort, a), new Literal(sort, b))));

    private void Visit(Node node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (!_seen.Add(node)) return;

        switch (node)
        {
            case Apply apply:
                _symbols.TryAdd(apply.Symbol.Name, apply.Symbol);
                break;

            case ForAll all:
                _bound.UnionWith(all.Variables);
                break;

            case Literal { Sort: Sort.Domain } literal:
                _domains.Add(literal.Value);
                break;

            case Constant constant when !_bound.Contains(constant):
                _constants.TryAdd((constant.Name, constant.Sort), constant);
                break;
        }

        foreach (Node part in node.Parts) Visit(part);
    }
}
