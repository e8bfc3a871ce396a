using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>The state of the small model in a few words of memory.</summary>
internal readonly unsafe struct PackedState<TShape>(ulong* cell) : IPageTypeState<PackedRelation<TShape>, PackedMap<TShape>>
    where TShape : struct, IShape
{
    public int Frames => TShape.Frames;

    public int Domains => Layout<TShape>.Domains;

    public int Slots => TShape.Slots;

    public PackedMap<TShape> Owner => new(cell, new(Layout<TShape>.Owner));

    public PackedMap<TShape> Use => new(cell, new(Layout<TShape>.Use));

    public PackedMap<TShape> Count => new(cell, new(Layout<TShape>.Count));

    public PackedRelation<TShape> Pinned => new(cell, new(Layout<TShape>.Pinned), atMostOne: false);

    public PackedRelation<TShape> Entry => new(cell, new(Layout<TShape>.Entry), atMostOne: true);

    public PackedRelation<TShape> Writable => new(cell, new(Layout<TShape>.Writable), atMostOne: false);

    public PackedRelation<TShape> Root => new(cell, new(Layout<TShape>.Root), atMostOne: true);

    public PackedRelation<TShape> Cached => new(cell, new(Layout<TShape>.Cached), atMostOne: false);
}
