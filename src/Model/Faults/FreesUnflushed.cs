using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A frame is freed while processors still have translations to it.</summary>
internal sealed class FreesUnflushed<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected internal override Bit MayForget(Word f) => True;
}
