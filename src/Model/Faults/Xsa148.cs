using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-148 (2015): the superpage bit is let through in entries of upper tables.</summary>
/// <remarks>What the entry names is then mapped as 2 MiB of memory, tables and all.</remarks>
internal sealed class Xsa148<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected internal override Bit HasLawfulBits(Word table, Content<Bit, Word> e) =>
        base.HasLawfulBits(table, e with { Superpage = e.Superpage & s.Type[table] == L1 });
}
