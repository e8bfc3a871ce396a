using Model.Domains;

namespace Checking.Proving.Unbounded;

/// <summary>A piece of a formula of first-order logic over the relations and functions of a state.</summary>
/// <remarks>
/// Nodes belong to no solver: every worker translates them into a context of its own, a report prints them in the model's
/// words, and another solver reads them as SMT-LIB. They are compared by identity, so that one guard of one step can be told from
/// another that says the same.
/// </remarks>
internal abstract class Node
{
    /// <summary>What the node is made of.</summary>
    public abstract IReadOnlyList<Node> Parts { get; }

    /// <summary>The same made of other parts.</summary>
    public abstract Node With(IReadOnlyList<Node> parts);
}

/// <summary>A relation (no value sort) or a function of the state, about which nothing is known but what is assumed.</summary>
internal sealed record Symbol(string Name, IReadOnlyList<Sort> Columns, Sort? Value)
{
    /// <summary>The relation whose points this counts, and which of its columns are given; null where this counts nothing.</summary>
    public (Symbol Relation, IReadOnlyList<bool> Given)? Counts { get; init; }

    /// <summary>A variable for each column, by names that the model's text does not use.</summary>
    public (string Name, Sort Sort)[] Variables => [.. Columns.Select((c, k) => ($"x{k + 1}", c))];

    /// <summary>A variable for a column.</summary>
    public Constant Variable(int column) => new($"x{column + 1}", Columns[column]);
}

/// <summary>What has no parts.</summary>
internal abstract class Leaf : Node
{
    public override IReadOnlyList<Node> Parts => [];

    public override Node With(IReadOnlyList<Node> parts) => this;
}

/// <summary>A word or bit (no sort) that may be anything: an argument of a step, or the variable of a quantifier.</summary>
internal sealed class Constant(string name, Sort? sort) : Leaf
{
    public string Name => name;

    public Sort? Sort => sort;
}

/// <summary>True or false.</summary>
internal sealed class Known(bool value) : Leaf
{
    public static Known True { get; } = new(true);

    public static Known False { get; } = new(false);

    public bool Value => value;
}

/// <summary>A word that the model names: a page type, nobody, Xen, a small count.</summary>
internal sealed class Literal(Sort sort, int value) : Leaf
{
    public Sort Sort => sort;

    public int Value => value;
}

/// <summary>What a relation or function says at a point.</summary>
internal sealed class Apply(Symbol symbol, IReadOnlyList<Node> at) : Node
{
    public Symbol Symbol => symbol;

    public override IReadOnlyList<Node> Parts => at;

    public override Node With(IReadOnlyList<Node> parts) => new Apply(symbol, parts);
}

/// <summary>How the two parts of a <see cref="Binary"/> are joined.</summary>
internal enum Join
{
    And,
    Or,
    Equal,
    Plus,
    Minus,

    /// <summary>Of counts: the first is less than the second.</summary>
    Less,
}

internal sealed class Binary(Join join, Node a, Node b) : Node
{
    public Join Join => join;

    public Node A => a;

    public Node B => b;

    public override IReadOnlyList<Node> Parts => [a, b];

    public override Node With(IReadOnlyList<Node> parts) => new Binary(join, parts[0], parts[1]);
}

internal sealed class Not(Node a) : Node
{
    public Node A => a;

    public override IReadOnlyList<Node> Parts => [a];

    public override Node With(IReadOnlyList<Node> parts) => new Not(parts[0]);
}

/// <summary>The one where the condition holds, the other elsewhere; bits or words.</summary>
internal sealed class Choice(Node when, Node then, Node otherwise) : Node
{
    public Node When => when;

    public Node Then => then;

    public Node Otherwise => otherwise;

    public override IReadOnlyList<Node> Parts => [when, then, otherwise];

    public override Node With(IReadOnlyList<Node> parts) => new Choice(parts[0], parts[1], parts[2]);
}

/// <summary>For every value of the variables.</summary>
/// <param name="question">what the model asked, where this is a named question of a relation</param>
internal sealed class ForAll(IReadOnlyList<Constant> variables, Node body, Question? question = null) : Node
{
    public IReadOnlyList<Constant> Variables => variables;

    public Node Body => body;

    public Question? Question => question;

    public override IReadOnlyList<Node> Parts => [body];

    public override Node With(IReadOnlyList<Node> parts) => new ForAll(variables, parts[0], question);
}

/// <summary>A named question as the model's text has it: <c>Holder.Empty(Every, Every, f)</c>.</summary>
/// <param name="At">the arguments; null stands for every word</param>
/// <param name="Bound">of <c>Within</c>: the relation that bounds this one</param>
internal sealed record Question(string Relation, string Name, IReadOnlyList<Node?> At, string? Bound = null);
