using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>Two 32-bit roots name the same table with Xen's slots in it.</summary>
internal sealed class SharesXenL2<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state) : Steps<Bit, Word, Relation, Map>(state)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    protected override Bit MayCarryXen(Word target) => True;
}
