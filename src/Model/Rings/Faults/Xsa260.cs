using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>XSA-260 (2018): the debug trap that a stack load puts off has no stack of its own.</summary>
internal sealed class Xsa260<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state) : RingSteps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit HasOwnStack(Word n) => False;
}
