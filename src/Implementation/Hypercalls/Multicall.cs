using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>multicall (13): an array of hypercalls, each with its own answer.</summary>
internal static class Multicall
{
    /// <summary>op, result, args[6]: as many words.</summary>
    private const int EntryWords = 8, ResultIndex = 1, ArgumentsIndex = 2, EntriesAtOnce = 256;
    private const ulong Number = 13, IretNumber = 23;

    /// <param name="r">A1: array of <c>struct multicall_entry</c>; A2: how many; untrusted</param>
    /// <returns>0; -EFAULT: an entry cannot be read or its answer cannot be written; the entries before it are done.
    /// Inside another multicall: -EINVAL.</returns>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        uint count = (uint)r.A2, batch = Math.Min(count, EntriesAtOnce);
        int word = v.Domain.Abi.WordBytes;
        Span<byte> entry = stackalloc byte[EntryWords * word];
        ulong at = r.A1;
        for (uint i = 0; i < batch; i++, at += (ulong)entry.Length)
        {
            if (!v.TryRead(at, entry)) return -Errno.EFAULT;
            long answer = InvokeEntry(xen, v, entry);
            if (v.Domain.HasEnded) return 0;
            if (v.Continuation is { } rest) return Postpone(v, r, rest, at, count - i);
            if (!v.TryWriteWord(at + (ulong)(ResultIndex * word), unchecked((ulong)answer))) return -Errno.EFAULT;
        }

        if (batch < count) v.Continuation = r with { A1 = at, A2 = count - batch };
        return 0;
    }

    private static long InvokeEntry(Xen xen, Vcpu v, ReadOnlySpan<byte> entry)
    {
        MemberReader members = new(entry, v.Domain.Abi);
        (ulong number, _) = (members.Word(), members.Word());
        HypercallRegisters call = new(number, members.Word(), members.Word(), members.Word(), members.Word(), members.Word());
        // Neither can be an entry: one nests without end, the other leaves the caller's context.
        if (call.Number == Number) return -Errno.EINVAL;
        if (call.Number == IretNumber) return -Errno.ENOSYS;

        return Table.Invoke(xen, v, call, inMulticall: true);
    }

    /// <summary>An entry that is to go on later: the entry becomes what is left of it, and the multicall starts again there.</summary>
    private static long Postpone(Vcpu v, in HypercallRegisters r, in HypercallRegisters rest, ulong entryAt, uint entriesLeft)
    {
        GuestAbi abi = v.Domain.Abi;
        Span<byte> arguments = stackalloc byte[5 * abi.WordBytes];
        MemberWriter members = new(arguments, abi);
        foreach (ulong argument in (ReadOnlySpan<ulong>)[rest.A1, rest.A2, rest.A3, rest.A4, rest.A5]) members.Word(argument);
        bool isWritten = v.TryWrite(entryAt + (ulong)(ArgumentsIndex * abi.WordBytes), arguments);
        v.Continuation = isWritten ? r with { A1 = entryAt, A2 = entriesLeft } : null;
        return isWritten ? 0 : -Errno.EFAULT;
    }
}
