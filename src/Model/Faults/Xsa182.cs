using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-182 (2016): the fast path changes R/W without an audit.</summary>
/// <remarks>A table that maps itself read-only maps itself read-write one update later.</remarks>
internal sealed class Xsa182<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected internal override Bit IsSameMapping(Content<Bit, Word> was, Content<Bit, Word> e) =>
        base.IsSameMapping(was with { Writable = e.Writable }, e);
}
