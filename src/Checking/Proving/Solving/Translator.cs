using Checking.Proving.Unbounded;
using Microsoft.Z3;
using Model;
using Symbol = Checking.Proving.Unbounded.Symbol;

namespace Checking.Proving.Solving;

/// <summary>Puts formulas into a Z3 context, each once.</summary>
/// <remarks>
/// Frames, slots, domains, vCPUs, vectors, addresses, facilities and processors are uninterpreted sorts: there may be any number of
/// them. There are eight types: every bit-vector of three bits is one; and rings are bit-vectors of two.
/// </remarks>
internal sealed class Translator
{
    private const uint TypeBits = 3, RingBits = 2;

    private readonly Context _context;
    private readonly Dictionary<Model.Domains.Sort, Sort> _sorts;
    private readonly Dictionary<Node, Expr> _done = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Name, string Columns), FuncDecl> _functions = [];

    public Translator(Context context)
    {
        _context = context;
        _sorts = new()
        {
            [Model.Domains.Sort.Frame] = context.MkUninterpretedSort("Frame"),
            [Model.Domains.Sort.Slot] = context.MkUninterpretedSort("Slot"),
            [Model.Domains.Sort.Domain] = context.MkUninterpretedSort("Domain"),
            [Model.Domains.Sort.Vcpu] = context.MkUninterpretedSort("Vcpu"),
            [Model.Domains.Sort.Type] = context.MkBitVecSort(TypeBits),
            [Model.Domains.Sort.Count] = context.MkIntSort(),
            [Model.Domains.Sort.Ring] = context.MkBitVecSort(RingBits),
            [Model.Domains.Sort.Vector] = context.MkUninterpretedSort("Vector"),
            [Model.Domains.Sort.Address] = context.MkUninterpretedSort("Address"),
            [Model.Domains.Sort.Facility] = context.MkUninterpretedSort("Facility"),
            [Model.Domains.Sort.Processor] = context.MkUninterpretedSort("Processor"),
        };
    }

    public BoolExpr Of(Formula formula) => (BoolExpr)Of(formula.Node);

    public Expr Of(Term term) => Of(term.Node);

    private Expr Of(Node node)
    {
        if (_done.TryGetValue(node, out Expr? done)) return done;

        return _done[node] = node switch
        {
            Known known => _context.MkBool(known.Value),
            Constant { Sort: { } sort } constant => _context.MkConst(constant.Name, _sorts[sort]),
            Constant constant => _context.MkBoolConst(constant.Name),
            Literal literal => Of(literal),
            Apply apply => _context.MkApp(Of(apply.Symbol), [.. apply.Parts.Select(Of)]),
            Not not => _context.MkNot(Bit(not.A)),
            Binary binary => Of(binary),
            Choice choice => _context.MkITE(Bit(choice.When), Of(choice.Then), Of(choice.Otherwise)),
            ForAll all => _context.MkForall([.. all.Variables.Select(Of)], Of(all.Body)),
            _ => throw new InvalidOperationException($"no translation of {node.GetType().Name}"),
        };
    }

    private Expr Of(Binary binary) => binary.Join switch
    {
        Join.And => _context.MkAnd(Bit(binary.A), Bit(binary.B)),
        Join.Or => _context.MkOr(Bit(binary.A), Bit(binary.B)),
        Join.Equal => _context.MkEq(Of(binary.A), Of(binary.B)),
        Join.Plus => _context.MkAdd(Count(binary.A), Count(binary.B)),
        Join.Minus => _context.MkSub(Count(binary.A), Count(binary.B)),
        Join.Less => _context.MkLt(Count(binary.A), Count(binary.B)),
        _ => throw new InvalidOperationException($"no translation of {binary.Join}"),
    };

    private Expr Of(Literal literal) => literal.Sort switch
    {
        Model.Domains.Sort.Type => _context.MkBV((uint)literal.Value, TypeBits),
        Model.Domains.Sort.Count => _context.MkInt(literal.Value),
        Model.Domains.Sort.Ring => _context.MkBV((uint)literal.Value, RingBits),
        var sort => _context.MkConst($"{sort}.{literal.Value}", _sorts[sort]),
    };

    private FuncDecl Of(Symbol symbol)
    {
        (string, string) key = (symbol.Name, string.Join(' ', symbol.Columns)); // In queries of their own the same name may be of several sorts.
        if (_functions.TryGetValue(key, out FuncDecl? declared)) return declared;

        Sort range = symbol.Value is { } sort ? _sorts[sort] : _context.MkBoolSort();
        return _functions[key] = _context.MkFuncDecl(symbol.Name, [.. symbol.Columns.Select(c => _sorts[c])], range);
    }

    private BoolExpr Bit(Node node) => (BoolExpr)Of(node);

    private ArithExpr Count(Node node) => (ArithExpr)Of(node);
}
