using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A leaf entry maps a frame read-write whatever the frame is in use as.</summary>
internal sealed class MapsAnythingWritable<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayWrite(Word target) => True;
}
