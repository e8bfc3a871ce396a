using System.Runtime.InteropServices;

namespace Microsoft.Z3;

/// <summary>
/// A world of sorts, terms and solvers. One thread at a time may use it, <see cref="Interrupt"/> excepted; several contexts may be used
/// in parallel.
/// </summary>
public sealed partial class Context : IDisposable
{
    /// <summary>Up to so many handles are passed on the stack.</summary>
    private const int Few = 16;

    /// <exception cref="DllNotFoundException">Z3 is not installed</exception>
    public Context() : this([])
    {
    }

    /// <param name="settings">see `z3 -p`; "model", "proof", "timeout" (milliseconds), "unsat_core", ...</param>
    /// <exception cref="DllNotFoundException">Z3 is not installed</exception>
    public Context(Dictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Handle = new ContextHandle(settings);
    }

    internal ContextHandle Handle { get; }

    internal Abandoned Abandoned { get; } = new();

    /// <summary>Frees everything made here. What is still referred to can no longer be used.</summary>
    public void Dispose()
    {
        Abandoned.Close();
        Handle.Dispose();
    }

    /// <summary>Makes a check that runs end as <see cref="Status.UNKNOWN"/>. May be called from any thread.</summary>
    public void Interrupt() => Native.Z3_interrupt(Handle);

    internal void DropAbandoned() => Abandoned.Drain(Handle);

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
    internal Z3Exception Failure() =>
        new(Text(Native.Z3_get_error_msg(Handle, Native.Z3_get_error_code(Handle))));

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
