using Model.Domains;

namespace Model.Tests.Terms;

/// <summary>One assignment that a step made: where, what, and under which condition.</summary>
internal sealed record Write(string Name, IReadOnlyList<Term?> At, Term Value, Term When)
{
    public override string ToString() => $"{Name}[{string.Join(' ', At.Select(a => a?.ToString() ?? "*"))}] := {Value}";
}

/// <summary>A relation that is a name and the assignments made to it.</summary>
internal readonly struct SymbolicRelation(string name, List<Write> log) : IRelation<SymbolicRelation, TermBit, TermWord>
{
    public string Name => name;

    public TermBit this[TermWord a] => Read(a);

    public TermBit this[TermWord a, TermWord b] => Read(a, b);

    public TermBit this[TermWord a, TermWord b, TermWord c] => Read(a, b, c);

    public void Assign(TermBit when, TermBit value, TermWord a) => Log(when, value, a);

    public void Assign(TermBit when, TermBit value, TermWord a, TermWord? b) => Log(when, value, a, b);

    public void Assign(TermBit when, TermBit value, TermWord a, TermWord? b, TermWord? c) => Log(when, value, a, b, c);

    public TermBit Empty(TermWord? a, TermWord? b) => new(Ask("empty", a, b));

    public TermBit Empty(TermWord? a, TermWord? b, TermWord? c) => new(Ask("empty", a, b, c));

    public TermBit Only(TermWord a, TermWord b) => new(Ask("only", a, b));

    public TermBit Only(TermWord a, TermWord b, TermWord c, SymbolicRelation beside) =>
        new(new Apply("only", new Symbol(name), a.Term, b.Term, c.Term, new Symbol(beside.Name)));

    public TermBit Within(SymbolicRelation bound, TermWord a) => new(new Apply("within", new Symbol(name), new Symbol(bound.Name), a.Term));

    public TermWord Count(TermWord? a, TermWord? b) => new(Ask("count", a, b));

    public TermWord Count(TermWord? a, TermWord? b, TermWord? c) => new(Ask("count", a, b, c));

    public SymbolicRelation Copy() => new(name, [.. log]);

    private Apply Ask(string question, params TermWord?[] at) =>
        new(question, [new Symbol(name), .. at.Select(a => a?.Term ?? new Symbol("*"))]);

    private void Log(TermBit when, TermBit value, params TermWord?[] at)
    {
        if (when.Term != Term.False) log.Add(new(name, [.. at.Select(a => a?.Term)], value.Term, when.Term));
    }

    /// <summary>What the relation was, under the assignments since, the last outermost.</summary>
    private TermBit Read(params TermWord[] at)
    {
        Term value = new Apply(name, [.. at.Select(a => a.Term)]);
        string self = name;
        foreach (Write write in log.Where(w => w.Name == self))
        {
            TermBit here = new(write.When);
            for (int k = 0; k < at.Length; k++)
            {
                if (write.At[k] is { } column) here &= new TermWord(column) == at[k];
            }

            value = new Apply("ite", here.Term, write.Value, value);
        }

        return new(value);
    }
}

/// <summary>A function that is a name and the assignments made to it.</summary>
internal readonly struct SymbolicMap(string name, List<Write> log) : IMap<SymbolicMap, TermBit, TermWord>
{
    public TermWord this[TermWord at]
    {
        get
        {
            Term value = new Apply(name, at.Term);
            string self = name;
            foreach (Write write in log.Where(w => w.Name == self))
                value = new Apply("ite", (new TermBit(write.When) & (new TermWord(write.At[0]!) == at)).Term, write.Value, value);

            return new(value);
        }
    }

    public void Assign(TermBit when, TermWord at, TermWord value)
    {
        if (when.Term != Term.False) log.Add(new(name, [at.Term], value.Term, when.Term));
    }

    public SymbolicMap Copy() => new(name, [.. log]);
}
