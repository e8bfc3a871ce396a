using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>The state of the small model in a few words of memory.</summary>
internal readonly unsafe struct PackedState<TShape>(ulong* cell) : IPageTypeState<PackedRelation<TShape>, PackedMap<TShape>>
    where TShape : struct, IShape
{
    public int Frames => TShape.Frames;

    public int Domains => Layout<TShape>.Domains;

    public int Slots => TShape.Slots;

    public PackedMap<TShape> Owner => new(cell, Layout<TShape>.Owner);

    public PackedMap<TShape> Use => new(cell, Layout<TShape>.Use);

    public PackedMap<TShape> Count => new(cell, Layout<TShape>.Count);

    public PackedRelation<TShape> Pinned => new(cell, Layout<TShape>.Pinned);

    public PackedRelation<TShape> Entry => new(cell, Layout<TShape>.Entry);

    public PackedRelation<TShape> Writable => new(cell, Layout<TShape>.Writable);

    public PackedRelation<TShape> Root => new(cell, Layout<TShape>.Root);

    public PackedRelation<TShape> Cached => new(cell, Layout<TShape>.Cached);
}
