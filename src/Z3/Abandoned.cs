namespace Microsoft.Z3;

/// <summary>
/// References that finalizers gave back. A context is not safe for two threads, so the finalizer thread only leaves them here and
/// the thread that uses the context drops them at its next operation.
/// </summary>
internal sealed class Abandoned
{
    private readonly Lock _gate = new();
    private List<(Counted Family, nint Handle)> _filling = [];
    private List<(Counted Family, nint Handle)> _draining = [];
    private volatile bool _any;
    private bool _closed;

    internal void Add(Counted family, nint handle)
    {
        lock (_gate)
        {
            if (_closed) return;
            _filling.Add((family, handle));
            _any = true;
        }
    }

    internal void Drain(ContextHandle context)
    {
        if (!_any) return;

        lock (_gate)
        {
            (_filling, _draining) = (_draining, _filling);
            _any = false;
        }
        foreach ((Counted family, nint handle) in _draining) family.Drop(context, handle);
        _draining.Clear();
    }

    /// <summary>The context is gone, and with it everything that was counted.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _any = false;
            _filling = [];
        }
    }
}
