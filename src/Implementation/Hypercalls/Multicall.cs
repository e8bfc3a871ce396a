using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>multicall (13): an array of hypercalls, each with its own answer.</summary>
internal static class Multicall
{
    private const int EntrySize = 64, ResultAt = 8, EntriesAtOnce = 256;
    private const ulong Number = 13, IretNumber = 23;

    /// <param name="r">A1: array of <c>struct multicall_entry</c>; A2: how many; untrusted</param>
    /// <returns>0; -EFAULT: an entry cannot be read or its answer cannot be written; the entries before it are done.
    /// Inside another multicall: -EINVAL.</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint count = (uint)r.A2, batch = Math.Min(count, EntriesAtOnce);
        Span<byte> entry = stackalloc byte[EntrySize];
        ulong at = r.A1;
        for (uint i = 0; i < batch; i++, at += EntrySize)
        {
            if (!v.TryRead(at, entry)) return -Errno.EFAULT;
            long answer = InvokeEntry(xen, v, entry);
            if (v.Domain.HasEnded) return 0;
            if (!v.TryWrite(at + ResultAt, answer)) return -Errno.EFAULT;
        }

        if (batch < count) v.Continuation = r with { A1 = at, A2 = count - batch };
        return 0;
    }

    private static long InvokeEntry(Xen xen, Vcpu v, ReadOnlySpan<byte> entry)
    {
        HypercallRegisters call = new(Word(entry, 0), Word(entry, 2), Word(entry, 3), Word(entry, 4), Word(entry, 5), Word(entry, 6));
        // Neither can be an entry: one nests without end, the other leaves the caller's context.
        if (call.Number == Number) return -Errno.EINVAL;
        if (call.Number == IretNumber) return -Errno.ENOSYS;

        long answer = Table.Invoke(xen, v, call, inMulticall: true);
        while (v.Continuation is { } rest)
        {
            if (xen.IsStopping) return answer;
            v.Continuation = null;
            answer = Table.Invoke(xen, v, rest, inMulticall: true);
        }

        return answer;
    }

    private static ulong Word(ReadOnlySpan<byte> entry, int index) => BinaryPrimitives.ReadUInt64LittleEndian(entry[(index * 8)..]);
}
