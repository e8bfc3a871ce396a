using Implementation.Hypervisor;

namespace Implementation.Devices;

/// <summary>The frame of a ring that Domain0 shares with a guest.</summary>
/// <remarks>
/// Domain0 maps the frame for the length of one access and holds nothing in between; so it must ask each time whether the
/// frame is still the guest's to share and still data. Otherwise a guest could give up its ring, have the frame made a page
/// table, and let the device write it.
/// </remarks>
internal readonly struct DeviceRing(Domain domain, ulong mfn)
{
    public SharedPage Page { get; } = new(domain.Xen.Memory, mfn);

    /// <summary>Whether Domain0 may map the frame writable now.</summary>
    public bool IsMappable
    {
        get
        {
            FrameInfo frame = domain.Xen.Frames[Page.Mfn];
            return frame.Owner == domain.Id && frame.Type is PageType.None or PageType.Writable;
        }
    }

    /// <summary>Copies out of a ring buffer of a power-of-two size, at a free-running index.</summary>
    public void CopyOut(int bufferAt, int size, uint index, Span<byte> to)
    {
        int at = (int)(index & (uint)(size - 1)), first = Math.Min(to.Length, size - at);
        Page.Bytes(bufferAt + at, first).CopyTo(to);
        Page.Bytes(bufferAt, to.Length - first).CopyTo(to[first..]);
    }

    public void CopyIn(int bufferAt, int size, uint index, ReadOnlySpan<byte> from)
    {
        int at = (int)(index & (uint)(size - 1)), first = Math.Min(from.Length, size - at);
        Page.WriteBytes(bufferAt + at, from[..first]);
        Page.WriteBytes(bufferAt, from[first..]);
    }
}
