using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>
/// A world of sorts, terms and solvers. One thread at a time may use it, <see cref="Interrupt"/> excepted; several contexts may
/// be used in parallel.
/// </summary>
public sealed partial class Context : IDisposable
{
    /// <summary>Up to so many handles are passed on the stack.</summary>
    private const int Few = 16;

    private readonly ContextHandle _handle;

    /// <exception cref="DllNotFoundException">Z3 is not installed</exception>
    public Context() : this([])
    {
    }

    /// <param name="settings">what `z3 -p` lists as global parameters, such as "timeout", in milliseconds</param>
    /// <exception cref="DllNotFoundException">Z3 is not installed</exception>
    public Context(Dictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        _handle = new ContextHandle(settings);
    }

    /// <exception cref="ObjectDisposedException">the context was disposed of</exception>
    internal ContextHandle Handle
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            return _handle;
        }
    }

    internal bool IsDisposed => _handle.IsClosed;

    /// <summary>Frees everything made here. What is still referred to can no longer be used.</summary>
    public void Dispose() => _handle.Dispose();

    /// <summary>
    /// Makes a check that runs end as <see cref="Status.UNKNOWN"/>; is lost when none runs. May be called from any thread.
    /// </summary>
    public void Interrupt() => Native.Z3_interrupt(Handle);

    /// <summary>Takes a reference to a native object.</summary>
    /// <returns>the slot to drop it by</returns>
    internal int Take(Counted family, nint handle)
    {
        int slot = _handle.References.Take(Handle, family, handle);
        DropAbandoned();
        return slot;
    }

    /// <summary>Drops a reference; if the context is gone, so is the object.</summary>
    internal void Drop(int slot)
    {
        if (!IsDisposed) _handle.References.Drop(_handle.DangerousGetHandle(), slot);
        GC.KeepAlive(this);
    }

    /// <summary>Drops a reference at the next operation. May be called from any thread.</summary>
    internal void Abandon(int slot) => _handle.References.Abandon(slot);

    internal void DropAbandoned()
    {
        if (!IsDisposed) _handle.References.DropAbandoned(_handle.DangerousGetHandle());
        GC.KeepAlive(this);
    }

    /// <summary>The handle of something made here.</summary>
    /// <exception cref="Z3Exception">it was made in another context</exception>
    internal nint Of(Z3Object thing)
    {
        ArgumentNullException.ThrowIfNull(thing);
        return thing.Context == this ? thing.Handle : throw new Z3Exception("Context mismatch");
    }

    /// <summary>The handles of things made here, in the room given if it suffices.</summary>
    internal ReadOnlySpan<nint> Of(ReadOnlySpan<Z3Object> things, Span<nint> room)
    {
        Span<nint> handles = things.Length <= room.Length ? room[..things.Length] : new nint[things.Length];
        for (int i = 0; i < things.Length; i++) handles[i] = Of(things[i]);
        return handles;
    }

    /// <summary>What Z3 says of the last call, which failed.</summary>
    internal Z3Exception Failure()
    {
        nint message = Native.Z3_get_error_msg(Handle, Native.Z3_get_error_code(Handle));
        Z3Exception failure = new(Marshal.PtrToStringUTF8(message) ?? "unknown error");
        Native.Z3_set_error(Handle, 0); // Some calls, such as those that parse, leave an old error standing.
        return failure;
    }

    /// <exception cref="Z3Exception">the last call failed</exception>
    internal void ExpectSuccess()
    {
        if (Native.Z3_get_error_code(Handle) != 0) throw Failure();
    }

    /// <exception cref="Z3Exception">the call that was to give the text failed</exception>
    internal string Text(nint text) => Marshal.PtrToStringUTF8(text) ?? throw Failure();

    internal static T[] Each<T>(uint count, Func<uint, T> of)
    {
        T[] all = new T[count];
        for (uint i = 0; i < count; i++) all[i] = of(i);
        return all;
    }

    /// <summary>The elements of a native vector.</summary>
    /// <exception cref="Z3Exception">the call that was to give the vector failed</exception>
    internal T[] Vector<T>(nint vector, Func<nint, T> of)
    {
        if (vector == 0) throw Failure();

        Native.Z3_ast_vector_inc_ref(Handle, vector);
        try
        {
            return Each(Native.Z3_ast_vector_size(Handle, vector), index => of(Native.Z3_ast_vector_get(Handle, vector, index)));
        }
        finally
        {
            Native.Z3_ast_vector_dec_ref(Handle, vector);
        }
    }
}
