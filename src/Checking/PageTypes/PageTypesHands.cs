using Checking.Exploration;

namespace Checking.PageTypes;

/// <summary>What a worker does with states of a shape that the running program chose.</summary>
internal abstract unsafe class PageTypesHands : IDisposable
{
    /// <summary>The hands for the shape of a scope: of a class made for its sizes, so that they are constants where it counts.</summary>
    public static PageTypesHands For(PageTypesSizes sizes)
    {
        Type shape = typeof(Shape<,>).MakeGenericType(Numerals.Of(sizes.Frames), Numerals.Of(sizes.Entries));
        return (PageTypesHands)Activator.CreateInstance(typeof(PageTypesHands<>).MakeGenericType(shape), sizes)!;
    }

    public abstract int StateBits { get; }

    public abstract long Renamings { get; }

    public abstract void Begin<TSink>(ref TSink sink) where TSink : struct, ISink, allows ref struct;

    public abstract void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct;

    public abstract void Check(ulong* state, out ulong violated, out ulong reached);

    public abstract long Canonicalize(ulong* state);

    /// <summary>The state with names to its parts.</summary>
    public abstract PageTypesView View(ReadOnlySpan<ulong> state);

    public abstract void Dispose();
}
