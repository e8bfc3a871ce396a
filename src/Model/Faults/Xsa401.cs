using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>XSA-401 (2022): a frame counts in its new type before processors have flushed the old one.</summary>
internal sealed class Xsa401<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit NeedsFlush(Word f, Word type) => False;
}
