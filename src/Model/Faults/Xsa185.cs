using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-185 (2016): a 32-bit root may name itself.</summary>
/// <remarks>The guest wrote the entry read-only, and Xen makes every entry of such a root writable.</remarks>
internal sealed class Xsa185<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayBeLinear(Word table) => True;
}
