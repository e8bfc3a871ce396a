using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-292 (2019): a root is loaded and what the old one reached is not flushed.</summary>
internal sealed class Xsa292<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override void FlushAtLoad(Bit when, Word v)
    {
    }
}
