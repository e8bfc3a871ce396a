namespace Model.PageTypes;

/// <summary>The state of the small model: some frames of some entries each, and two domains of one processor each.</summary>
public interface IPageTypeState<Relation, Map>
{
    /// <summary>How many frames there are.</summary>
    int Frames { get; }

    /// <summary>How many domains there are: two.</summary>
    int Domains { get; }

    /// <summary>How many entries a frame has.</summary>
    int Slots { get; }

    /// <summary>Of a frame: the domain that owns it.</summary>
    Map Owner { get; }

    /// <summary>Of a frame: what it is, or was last, in use as.</summary>
    Map Use { get; }

    /// <summary>Of a frame: how many hold it in its use.</summary>
    Map Count { get; }

    /// <summary>A frame that its domain pinned as a page table.</summary>
    Relation Pinned { get; }

    /// <summary>A slot of a frame, read as an entry, names a frame. At most one.</summary>
    Relation Entry { get; }

    /// <summary>A slot of a frame, read as an entry, grants writing.</summary>
    Relation Writable { get; }

    /// <summary>The page table that a domain runs on. At most one.</summary>
    Relation Root { get; }

    /// <summary>A domain's processor caches a writable translation of a frame.</summary>
    Relation Cached { get; }
}
