using Checking.Proving.Unbounded;
using Model;
using Model.Domains;

namespace Checking.Proving.Small;

/// <summary>A world of a few frames, slots and vCPUs and of two domains, in which a counterexample is looked for.</summary>
internal sealed class SmallWorld
{
    /// <summary>Sorts whose words are told apart by their numbers alone.</summary>
    private static readonly Sort[] s_numbered = [Sort.Frame, Sort.Slot, Sort.Vcpu, Sort.Address, Sort.Vector, Sort.Processor, Sort.Facility];

    private readonly Dictionary<Sort, (Term Term, int Value)[]> _words;
    private readonly HashSet<Term> _known;

    public SmallWorld(int frames, int slots, int vcpus)
    {
        (Frames, Slots, Vcpus) = (frames, slots, vcpus);
        _words = new()
        {
            [Sort.Frame] = Numbered("frame", Sort.Frame, frames),
            [Sort.Slot] = Numbered("slot", Sort.Slot, slots),
            [Sort.Vcpu] = Numbered("vcpu", Sort.Vcpu, vcpus),
            [Sort.Domain] =
            [
                (Term.Fresh("domain1", Sort.Domain), 1),
                (Term.Fresh("domain2", Sort.Domain), 2),
                Named(Sort.Domain, Domid.Nobody.Value),
                Named(Sort.Domain, Domid.Xen.Value),
            ],
            [Sort.Type] = [.. Enum.GetValues<PageType>().Select(t => Named(Sort.Type, (int)t))],
        };
        _known = [.. s_numbered.Where(_words.ContainsKey).SelectMany(s => _words[s]).Select(w => w.Term)];
    }

    /// <summary>A world of ring protection; every sort that it counts has the number of words given, or one.</summary>
    private SmallWorld(int vcpus, int slots, int addresses, int vectors, int processors)
        : this(0, slots, vcpus)
    {
        _words[Sort.Address] = Numbered("address", Sort.Address, addresses);
        _words[Sort.Vector] = Numbered("vector", Sort.Vector, vectors);
        _words[Sort.Processor] = Numbered("processor", Sort.Processor, processors);
        _words[Sort.Facility] = Numbered("facility", Sort.Facility, 1);
        _words[Sort.Domain] = [.. _words[Sort.Domain].Take(2)];
        _words[Sort.Ring] = [.. Enumerable.Range(0, 4).Select(r => Named(Sort.Ring, r))];
        _known = [.. s_numbered.SelectMany(s => _words[s]).Select(w => w.Term)];
    }

    public int Frames { get; }

    public int Slots { get; }

    public int Vcpus { get; }

    /// <summary>The worlds to look into, the smallest first.</summary>
    public static IEnumerable<SmallWorld> Growing =>
        from frames in Enumerable.Range(1, 6) // A walk names five.
        from others in ((int Slots, int Vcpus)[])[(1, 1), (2, 1), (1, 2), (2, 2)]
        select new SmallWorld(frames, others.Slots, others.Vcpus);

    /// <summary>The worlds of ring protection to look into, the smallest first.</summary>
    public static IEnumerable<SmallWorld> GrowingRings { get; } =
    [
        new(1, 1, 1, 1, 1), new(1, 1, 2, 1, 1), new(1, 2, 2, 1, 1), new(1, 2, 3, 2, 1), new(2, 2, 3, 2, 1), new(2, 3, 3, 2, 2), new(3, 3, 4, 3, 2),
    ];

    /// <summary>The words of a sort, and their numbers in the concrete model.</summary>
    public IReadOnlyList<(Term Term, int Value)> Words(Sort sort) => _words[sort];

    /// <summary>There are these words and no others, and what is counted can be counted.</summary>
    public IEnumerable<Formula> Rules(Signature mentioned) =>
    [
        .. s_numbered.Append(Sort.Domain).Where(_words.ContainsKey).SelectMany(Different),
        .. mentioned.Constants.Where(c => c.Sort is { } sort && _words.ContainsKey(sort)).Select(c => IsOneOfThese(new(c), c.Sort!.Value)),
        .. from symbol in mentioned.Symbols
           where symbol.Value is { } sort && _words.ContainsKey(sort)
           from at in Points(symbol.Columns)
           select IsOneOfThese(At(symbol, at), symbol.Value!.Value),
        .. from symbol in mentioned.Symbols
           where symbol.Counts is not null
           from at in Points(symbol.Columns)
           select Counted(symbol, symbol.Counts!.Value, at),
    ];

    /// <summary>Whether two words are the same; of two words of this world that is known.</summary>
    public Formula Same(Term a, Term b) => _known.Contains(a) && _known.Contains(b) ? Formula.Of(a.Equals(b)) : a == b;

    /// <summary>Every choice of a word for each column.</summary>
    public IEnumerable<(Term Term, int Value)[]> Points(IEnumerable<Sort> columns) => columns.Aggregate(
        (IEnumerable<(Term Term, int Value)[]>)[[]],
        (points, column) => from point in points from word in Words(column) select ((Term Term, int Value)[])[.. point, word]);

    private IEnumerable<Formula> Different(Sort sort)
    {
        Term[] words = [.. Words(sort).Select(w => w.Term)];
        for (int a = 0; a < words.Length; a++)
        {
            for (int b = a + 1; b < words.Length; b++) yield return new(new Not(new Binary(Join.Equal, words[a].Node, words[b].Node)));
        }
    }

    private Formula IsOneOfThese(Term term, Sort sort) => Formula.Any(Words(sort).Select(w => term == w.Term));

    private static Term At(Symbol symbol, (Term Term, int Value)[] at) => new(new Apply(symbol, [.. at.Select(a => a.Term.Node)]));

    private Formula Counted(Symbol symbol, (Symbol Relation, IReadOnlyList<bool> Given) counts, (Term Term, int Value)[] at)
    {
        Term sum = Points(counts.Relation.Columns.Where((_, k) => !counts.Given[k]))
            .Select(rest =>
            {
                Queue<Term> given = new(at.Select(a => a.Term)), others = new(rest.Select(a => a.Term));
                return Term.One(new(new Apply(counts.Relation, [.. counts.Given.Select(isGiven => (isGiven ? given : others).Dequeue().Node)])));
            })
            .Aggregate(Term.Literal(Sort.Count, 0), (a, b) => a + b);
        return At(symbol, at) == sum;
    }

    private static (Term, int)[] Numbered(string name, Sort sort, int size) =>
        [.. Enumerable.Range(0, size).Select(k => (Term.Fresh($"{name}{k}", sort), k))];

    private static (Term, int) Named(Sort sort, int value) => (Term.Literal(sort, value), value);
}
