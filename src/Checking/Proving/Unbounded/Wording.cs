using System.Globalization;
using Model;
using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>Prints formulas as the model's text has them: <c>Owner[f] == Home[v]</c>.</summary>
internal static class Wording
{
    public static string Of(Node node) => node switch
    {
        Known known => known.Value ? "True" : "False",
        Constant constant => constant.Name,
        Literal literal => Of(literal.Sort, literal.Value),
        Apply apply => $"{apply.Symbol.Name}[{string.Join(", ", apply.Parts.Select(Of))}]",
        Binary when Comparison.Of(node) is { } same => $"Same({Of(same.A)}, {Of(same.B)})",
        Not { A: Binary { Join: Join.Equal } equal } => $"{Inner(equal.A)} != {Inner(equal.B)}",
        Not not => $"!{Inner(not.A)}",
        Binary binary => $"{Side(binary, binary.A)} {Sign(binary.Join)} {Side(binary, binary.B)}",
        Choice choice => $"{Inner(choice.When)} ? {Inner(choice.Then)} : {Inner(choice.Otherwise)}",
        ForAll { Question: { } question } => Of(question),
        ForAll all => $"for all {string.Join(", ", all.Variables.Select(v => v.Name))}: {Of(all.Body)}",
        _ => throw new InvalidOperationException($"no words for {node.GetType().Name}"),
    };

    /// <summary>The model's name of a constant.</summary>
    public static string Of(Sort sort, int value) => sort switch
    {
        Sort.Type => (PageType)value switch
        {
            PageType.None => "Unused",
            PageType.Writable => "Data",
            PageType.SegDesc => "DescriptorPage",
            var level => level.ToString(),
        },
        Sort.Domain when value == Domid.Nobody.Value => "Nobody",
        Sort.Domain when value == Domid.Xen.Value => "Xen",
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static string Of(Question question)
    {
        IEnumerable<string> words = question.At.Select(a => a is null ? "Every" : Of(a));
        if (question.Bound is { } bound) words = words.Prepend(bound);
        return $"{question.Relation}.{question.Name}({string.Join(", ", words)})";
    }

    private static string Sign(Join join) => join switch
    {
        Join.And => "&",
        Join.Or => "|",
        Join.Equal => "==",
        Join.Plus => "+",
        Join.Minus => "-",
        _ => "<",
    };

    /// <summary>A conjunction in a conjunction needs no brackets, nor does a comparison.</summary>
    private static string Side(Binary around, Node part) =>
        Comparison.Of(part) is not null ? Of(part)
        : part is Binary { Join: Join.Equal or Join.Less } && around.Join is Join.And or Join.Or ? Of(part)
        : part is Not { A: Binary { Join: Join.Equal } } && around.Join is Join.And or Join.Or ? Of(part)
        : part is Binary inner && inner.Join == around.Join && around.Join is Join.And or Join.Or ? Of(part)
        : Inner(part);

    private static string Inner(Node node) =>
        Comparison.Of(node) is not null ? Of(node)
        : node is Binary or Choice or Not { A: Binary { Join: Join.Equal } } or ForAll { Question: null } ? $"({Of(node)})" : Of(node);
}
