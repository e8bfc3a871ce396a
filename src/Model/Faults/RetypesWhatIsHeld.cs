using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A frame changes its type while something holds it in the former.</summary>
internal sealed class RetypesWhatIsHeld<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayRetype(Word f) => True;
}
