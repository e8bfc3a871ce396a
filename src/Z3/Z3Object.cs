namespace Microsoft.Z3;

/// <summary>What lives in a context. It may be disposed of early; otherwise it goes with its context or is collected.</summary>
public class Z3Object : IDisposable
{
    private readonly Counted _family;
    private nint _handle;

    /// <exception cref="Z3Exception">the handle is 0: the call that was to make the object failed</exception>
    internal Z3Object(Context context, Counted family, nint handle)
    {
        Context = context;
        if (handle == 0) throw context.Failure();

        family.Take(context.Handle, handle);
        _family = family;
        _handle = handle;
        context.DropAbandoned();
    }

    ~Z3Object()
    {
        if (_handle != 0 && _family != Counted.Never) Context.Abandoned.Add(_family, _handle);
    }

    internal Context Context { get; }

    /// <exception cref="ObjectDisposedException">the object was disposed of</exception>
    internal nint Handle => _handle != 0 ? _handle : throw new ObjectDisposedException(GetType().FullName);

    /// <summary>Gives the object back now, on the thread that uses its context. Harmless when the context is gone.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (_handle == 0) return;

        if (!Context.Handle.IsClosed) _family.Drop(Context.Handle, _handle);
        _handle = 0;
    }
}
