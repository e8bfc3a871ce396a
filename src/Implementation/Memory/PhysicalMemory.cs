using System.Runtime.InteropServices;
using Implementation.Snapshots;

namespace Implementation.Memory;

/// <summary>The machine's RAM: <see cref="Frames"/> frames of 4 KiB at machine address 0, outside the managed heap.</summary>
/// <remarks>
/// Processors read and write it through raw pointers. Everyone else writes through <see cref="Write64"/> or calls
/// <see cref="Written"/> afterwards, so that code decoded from a frame is dropped when the frame changes by any alias.
/// </remarks>
public sealed unsafe class PhysicalMemory : IDisposable, IRestorable
{
    public const int PageShift = 12;
    public const int PageSize = 1 << PageShift;

    private readonly byte* _base;
    private void* _allocation;
    private byte* _codeFrames;
    private byte* _written;

    public PhysicalMemory(ulong frames)
    {
        ArgumentOutOfRangeException.ThrowIfZero(frames);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frames, 1UL << 24);
        Frames = frames;
        // Zero pages come from the kernel when they are first touched, so unused guest memory costs nothing.
        _allocation = NativeMemory.AllocZeroed((nuint)((frames + 1) << PageShift));
        _base = (byte*)(((nuint)_allocation + PageSize - 1) & ~(nuint)(PageSize - 1));
        _codeFrames = (byte*)NativeMemory.AllocZeroed((nuint)frames);
        _written = (byte*)NativeMemory.AllocZeroed((nuint)frames);
    }

    /// <summary>Number of frames; valid machine frame numbers are 0 .. Frames-1.</summary>
    public ulong Frames { get; }

    public ulong Bytes => Frames << PageShift;

    internal byte* Base => _base;

    /// <summary>One byte per frame: how many processors have decoded code from the frame.</summary>
    internal byte* CodeFrames => _codeFrames;

    /// <summary>One byte per frame: not 0 if it may have been written since <see cref="Save"/> or <see cref="Restore"/>.</summary>
    /// <remarks>A processor sets it when it makes a translation that it can write through without asking again.</remarks>
    internal byte* WrittenFrames => _written;

    /// <summary>
    /// Raised with (mfn, offset, length) when a frame that holds decoded code was written; processors drop that code.
    /// </summary>
    internal event Action<ulong, int, int>? CodeWritten;

    /// <summary>Raised with (mfn) when code was first decoded from a frame: from now on its stores must be seen.</summary>
    internal event Action<ulong>? CodeDecoded;

    /// <summary>A processor has decoded code from the frame.</summary>
    internal void AddCode(ulong mfn)
    {
        if (_codeFrames[mfn]++ == 0) CodeDecoded?.Invoke(mfn);
    }

    /// <summary>A processor has dropped the last code it had decoded from the frame. It may outlive the memory.</summary>
    internal void RemoveCode(ulong mfn)
    {
        if (_codeFrames != null) _codeFrames[mfn]--;
    }

    /// <summary>Says that bytes of one frame have changed.</summary>
    internal void Written(ulong mfn, int offset, int length)
    {
        _written[mfn] = 1;
        if (_codeFrames[mfn] != 0) CodeWritten?.Invoke(mfn, offset, length);
    }

    public bool Contains(ulong mfn) => mfn < Frames;

    /// <summary>The 4096 bytes of one frame. Call <see cref="Written"/> after changing them.</summary>
    public Span<byte> Frame(ulong mfn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(mfn, Frames);
        return new(_base + (mfn << PageShift), PageSize);
    }

    /// <summary>The 512 entries of one frame, read as a page table. Call <see cref="Written"/> after changing them.</summary>
    public Span<ulong> Entries(ulong mfn) => MemoryMarshal.Cast<byte, ulong>(Frame(mfn));

    /// <summary>Reads 8 bytes at an 8-byte aligned machine address.</summary>
    public ulong Read64(ulong address)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, Bytes - 8);
        return *(ulong*)(_base + (address & ~7UL));
    }

    /// <summary>Writes 8 bytes at an 8-byte aligned machine address and drops code decoded from the frame.</summary>
    public void Write64(ulong address, ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(address, Bytes - 8);
        *(ulong*)(_base + (address & ~7UL)) = value;
        Written(address >> PageShift, (int)(address & (PageSize - 8)), 8);
    }

    /// <summary>Says that the contents of a frame have changed other than through a processor.</summary>
    public void Written(ulong mfn) => Written(mfn, 0, PageSize);

    /// <summary>A copy of everything. No processor may hold a translation that it can write through.</summary>
    public object Save()
    {
        byte[] copy = new ReadOnlySpan<byte>(_base, checked((int)Bytes)).ToArray();
        new Span<byte>(_written, (int)Frames).Clear();
        return copy;
    }

    /// <summary>Copies back what may have been written since.</summary>
    public void Restore(object saved)
    {
        ReadOnlySpan<byte> copy = (byte[])saved, written = new(_written, (int)Frames);
        for (int at = written.IndexOfAnyExcept((byte)0); at >= 0;)
        {
            copy.Slice(at << PageShift, PageSize).CopyTo(Frame((ulong)at));
            Written((ulong)at);
            int next = written[(at + 1)..].IndexOfAnyExcept((byte)0);
            at = next < 0 ? -1 : at + 1 + next;
        }

        new Span<byte>(_written, (int)Frames).Clear();
    }

    public void Dispose()
    {
        NativeMemory.Free(_allocation);
        NativeMemory.Free(_codeFrames);
        NativeMemory.Free(_written);
        _allocation = null;
        _codeFrames = null;
        _written = null;
    }
}
