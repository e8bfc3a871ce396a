using System.Buffers.Binary;
using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>multicall (13): an array of hypercalls, each with its own answer.</summary>
internal static class Multicall
{
    private const int EntrySize = 64, ResultAt = 8, ArgumentsAt = 16, EntriesAtOnce = 256;
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
            if (v.Continuation is { } rest) return Postpone(v, r, rest, at, count - i);
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

        return Table.Invoke(xen, v, call, inMulticall: true);
    }

    /// <summary>An entry that is to go on later: the entry becomes what is left of it, and the multicall starts again there.</summary>
    private static long Postpone(Vcpu v, in HypercallRegisters r, in HypercallRegisters rest, ulong entryAt, uint entriesLeft)
    {
        Span<byte> arguments = stackalloc byte[5 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(arguments, rest.A1);
        BinaryPrimitives.WriteUInt64LittleEndian(arguments[8..], rest.A2);
        BinaryPrimitives.WriteUInt64LittleEndian(arguments[16..], rest.A3);
        BinaryPrimitives.WriteUInt64LittleEndian(arguments[24..], rest.A4);
        BinaryPrimitives.WriteUInt64LittleEndian(arguments[32..], rest.A5);
        bool isWritten = v.TryWrite(entryAt + ArgumentsAt, arguments);
        v.Continuation = isWritten ? r with { A1 = entryAt, A2 = entriesLeft } : null;
        return isWritten ? 0 : -Errno.EFAULT;
    }

    private static ulong Word(ReadOnlySpan<byte> entry, int index) => BinaryPrimitives.ReadUInt64LittleEndian(entry[(index * 8)..]);
}
