using Model.Domains;

namespace Model.Observation;

/// <summary>One thing that a domain sees of the machine.</summary>
/// <param name="Name">the relation or function of the state that is seen</param>
/// <param name="Clause">the clause of <c>spec/07-flows.md</c> that lets the domain see it</param>
/// <param name="Of">the sorts of the words that it is seen of</param>
/// <param name="IsAlike">of words of these sorts: two states do not differ there, or the domain does not see it there</param>
public sealed record Aspect<Bit, Word>(string Name, string Clause, IReadOnlyList<Sort> Of, Func<Word[], Bit> IsAlike);
