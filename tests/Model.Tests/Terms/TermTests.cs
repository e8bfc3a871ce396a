using System.Reflection;
using Model.Domains;
using Model.Invariants;
using Model.State;
using Model.Steps;
using SymbolicState = Model.State.State<Model.Tests.Terms.TermBit, Model.Tests.Terms.TermWord, Model.Tests.Terms.SymbolicRelation, Model.Tests.Terms.SymbolicMap>;
using SymbolicSteps = Model.Steps.Steps<Model.Tests.Terms.TermBit, Model.Tests.Terms.TermWord, Model.Tests.Terms.SymbolicRelation, Model.Tests.Terms.SymbolicMap>;

namespace Model.Tests.Terms;

/// <summary>The same text over free terms: nothing concrete has crept into a step or an invariant.</summary>
public sealed class TermTests
{
    public static TheoryData<string> StepNames => [.. StepMethods().Select(m => m.Name)];

    [Theory, MemberData(nameof(StepNames))]
    public void A_step_is_a_guard_and_updates_under_it(string name)
    {
        (Term guard, List<Write> log) = Take(name);

        foreach (Write write in log)
        {
            Assert.All(Conjuncts(guard), part => Assert.Contains(part.ToString(), Conjuncts(write.When).Select(p => p.ToString())));
            Assert.All(write.At, column => Assert.True(column is not null || write.Value == Term.False, $"{write} sets more than a point"));
        }
    }

    [Theory, MemberData(nameof(StepNames))]
    public void A_guard_speaks_of_the_words_of_its_step_and_the_update_of_the_rest(string name)
    {
        (Term guard, List<Write> log) = Take(name);
        HashSet<string> mentioned = [.. guard.Symbols];
        HashSet<string> written = [.. log.SelectMany(w => w.At).OfType<Term>().SelectMany(t => t.Symbols)];
        string[] words = [.. StepMethods().Single(m => m.Name == name).GetParameters().Where(p => p.ParameterType == typeof(TermWord)).Select(p => p.Name!)];

        Assert.All(words, word => Assert.True(mentioned.Contains(word) || written.Contains(word), $"{name} does not look at {word}"));
        if (name is not nameof(SymbolicSteps.Flush)) Assert.Contains(words[0], mentioned); // Flushing is always allowed.
    }

    [Theory, MemberData(nameof(StepNames))]
    public void A_term_is_made_of_parameters_the_state_and_declared_constants(string name)
    {
        (Term guard, List<Write> log) = Take(name);
        HashSet<string> allowed =
        [
            "and", "or", "not", "=", "+", "-", "ite", "one", "empty", "only", "within", "count", "*", "true", "false", "Count#1",
            $"Domain#{Domid.Nobody.Value}", $"Domain#{Domid.Xen.Value}", .. Enum.GetNames<PageType>(),
            .. typeof(SymbolicState).GetProperties().Select(p => p.Name),
            .. StepMethods().Single(m => m.Name == name).GetParameters().SelectMany(Symbols),
        ];

        Assert.All(guard.Symbols.Concat(log.SelectMany(w => w.When.Symbols.Concat(w.Value.Symbols))), symbol => Assert.Contains(symbol, allowed));
    }

    [Fact]
    public void Every_invariant_is_a_term_that_is_neither_true_nor_false()
    {
        List<Write> log = [];
        foreach (var invariant in new Invariants<TermBit, TermWord, SymbolicRelation, SymbolicMap>(State(log)).All)
        {
            foreach (var claim in invariant.Claims)
            {
                Term term = claim switch
                {
                    OfFrame<TermBit, TermWord> c => c.Holds(Word("f")).Term,
                    OfVcpu<TermBit, TermWord> c => c.Holds(Word("v"), Word("f")).Term,
                    OfEntry<TermBit, TermWord> c => c.Holds(Word("t"), Word("i"), Word("f")).Term,
                    _ => throw new InvalidOperationException(invariant.Id),
                };
                Assert.IsType<Apply>(term);
                Assert.Contains("f", claim is OfEntry<TermBit, TermWord> ? ["f", .. term.Symbols] : term.Symbols);
            }
        }

        Assert.Empty(log);
    }

    /// <summary>What a few steps come to, written out; reviewed as a diff whenever it changes.</summary>
    [Theory]
    [InlineData(nameof(SymbolicSteps.Begin))]
    [InlineData(nameof(SymbolicSteps.AuditLeaf))]
    [InlineData(nameof(SymbolicSteps.AuditSiblingLinear))]
    [InlineData(nameof(SymbolicSteps.EditInPlace))]
    [InlineData(nameof(SymbolicSteps.Forget))]
    [InlineData(nameof(SymbolicSteps.Fill))]
    public void Steps_written_out(string name)
    {
        (Term guard, List<Write> log) = Take(name);
        string text = $"{name}\n  may\n{string.Concat(Conjuncts(guard).Select(c => $"    {c}\n"))}  then\n"
            + string.Concat(log.Select(w => $"    {w}{Beyond(guard, w)}\n"));

        Golden.Check($"step-{name}.txt", text);
    }

    private static string Beyond(Term guard, Write write)
    {
        HashSet<string> known = [.. Conjuncts(guard).Select(c => c.ToString()!)];
        string[] more = [.. Conjuncts(write.When).Select(c => c.ToString()!).Where(c => !known.Contains(c))];
        return more.Length == 0 ? "" : $"   when {string.Join(" and ", more)}";
    }

    private static (Term Guard, List<Write> Log) Take(string name)
    {
        List<Write> log = [];
        SymbolicSteps steps = new(State(log));
        MethodInfo method = StepMethods().Single(m => m.Name == name);
        object result = method.Invoke(steps, [.. method.GetParameters().Select(Argument)])!;
        return (((TermBit)result).Term, log);
    }

    private static IEnumerable<MethodInfo> StepMethods() =>
        typeof(SymbolicSteps).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == typeof(TermBit) && m.Name != nameof(SymbolicSteps.Admits));

    private static IEnumerable<Term> Conjuncts(Term term) => term is Apply { Head: "and" } and ? and.Arguments : term == Term.True ? [] : [term];

    private static object Argument(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TermWord) ? Word(parameter.Name!)
        : parameter.ParameterType == typeof(TermBit) ? new TermBit(new Symbol(parameter.Name!))
        : new Content<TermBit, TermWord>(
            Bit("present"), Word("e.target"), Bit("writable"), Bit("user"), Bit("superpage"), Bit("cache"), Bit("reserved"),
            Bit("global"), Bit("noexecute"), Bit("accessed"), Bit("dirty"), Bit("guestkernel"), Bit("available"));

    private static IEnumerable<string> Symbols(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TermWord) || parameter.ParameterType == typeof(TermBit)
            ? [parameter.Name!]
            : typeof(Content<TermBit, TermWord>).GetProperties().Select(p => $"e.{p.Name.ToLowerInvariant()}");

    private static TermBit Bit(string name) => new(new Symbol($"e.{name}"));

    private static TermWord Word(string name) => new(new Symbol(name));

    private static SymbolicState State(List<Write> log) => new((name, _) => new(name, log), (name, _, _) => new(name, log));
}
