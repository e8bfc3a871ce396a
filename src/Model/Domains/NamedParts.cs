namespace Model.Domains;

/// <summary>A state as the relations and functions that it is made of, each by its name.</summary>
/// <param name="relation">makes a relation, given its name and the sorts of its columns</param>
/// <param name="map">makes a function, given its name, the sort of its argument and the sort of its value</param>
public abstract class NamedParts<Bit, Word, Relation, Map>(Func<string, Sort[], Relation> relation, Func<string, Sort, Sort, Map> map)
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    private readonly Dictionary<string, Relation> _relations = [];
    private readonly Dictionary<string, Map> _maps = [];

    protected Relation Related(string name, params Sort[] sorts) => _relations[name] = relation(name, sorts);

    protected Map Mapped(string name, Sort from, Sort to) => _maps[name] = map(name, from, to);

    /// <summary>Makes a relation that is equal to the one of that name, and changes on its own.</summary>
    protected Relation CopyOfRelation(string name, Sort[] sorts) => _relations[name].Copy();

    /// <summary>Makes a function that is equal to the one of that name, and changes on its own.</summary>
    protected Map CopyOfMap(string name, Sort from, Sort to) => _maps[name].Copy();
}
