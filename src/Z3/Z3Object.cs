namespace Microsoft.Z3;

/// <summary>What lives in a context. It may be disposed of early; otherwise it goes with its context or is collected.</summary>
public class Z3Object : IDisposable
{
    private const int NotCounted = -1;

    private readonly int _slot = NotCounted;
    private nint _handle;

    /// <exception cref="Z3Exception">the handle is 0: the call that was to make the object failed</exception>
    internal Z3Object(Context context, Counted family, nint handle)
    {
        if (handle == 0) throw context.Failure();

        Context = context;
        if (family != Counted.Never) _slot = context.Take(family, handle);
        _handle = handle;
    }

    ~Z3Object()
    {
        if (_slot != NotCounted) Context.Abandon(_slot);
    }

    internal Context Context { get; }

    /// <exception cref="ObjectDisposedException">the object was disposed of</exception>
    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(GetType().FullName);

    /// <summary>Gives the object back now, on the thread that uses its context. Harmless when the context is gone.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_handle == 0) return;

        _handle = 0;
        if (_slot != NotCounted) Context.Drop(_slot);
    }
}
