using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-240 (2017): linear tables may chain.</summary>
internal sealed class Xsa240<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit EndsHere(Word table, Word target) => True;
}
