using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>Whatever a guest passes to whatever hypercall, the host gets an answer and no exception.</summary>
public class HypercallFuzz
{
    private static readonly ulong[] Numbers =
        [0, 1, 2, 3, 4, 5, 8, 9, 10, 12, 13, 14, 15, 17, 20, 21, 24, 25, 26, 28, 29, 30, 32, 33, 6, 7, 18, 22, 27, 40, 48, 99];

    [Theory]
    [InlineData(1, DomainKind.Pv64)]
    [InlineData(2, DomainKind.Pv64)]
    [InlineData(3, DomainKind.Pv64)]
    [InlineData(4, DomainKind.Pv32Pae)]
    [InlineData(5, DomainKind.Pv32Pae)]
    public void Any_call_with_any_arguments_is_answered(int seed, DomainKind kind)
    {
        Random random = new(seed);
        for (int machine = 0; machine < 40; machine++)
        {
            using TestGuest guest = new(kind: kind);
            for (int i = 0; i < 500 && !guest.Domain.HasEnded; i++)
            {
                byte[] structure = new byte[192];
                for (int at = 0; at < structure.Length; at += guest.Domain.Abi.WordBytes) Put(structure.AsSpan(at), Value(guest, random), guest.Domain.Abi);
                if (guest.Vcpu.TryWrite(TestGuest.Scratch, structure)) Call(guest, random);
                guest.Vcpu.Continuation = null;
                guest.Vcpu.State = VcpuState.Runnable;
            }
        }
    }

    private static void Call(TestGuest guest, Random random)
    {
        ulong number = Numbers[random.Next(Numbers.Length)];
        bool commandFirst = number is 12 or 17 or 20 or 21 or 24 or 25 or 28 or 29 or 30 or 32 or 33;
        ulong first = commandFirst ? (ulong)random.Next(34) : Value(guest, random);
        ulong second = random.Next(3) == 0 ? Value(guest, random) : number == 24 ? 0 : TestGuest.Scratch;
        ulong third = random.Next(3) == 0 ? TestGuest.Scratch + (ulong)random.Next(64) : Value(guest, random);
        // Arrays are bounded here only to keep the test short.
        if (number is 1 or 2 or 13 or 26) second = (ulong)random.Next(9);
        ulong mask = guest.Domain.Abi.MaxWord;
        _ = guest.Call(number, first & mask, second & mask, third & mask, Value(guest, random) & mask, Value(guest, random) & mask);
    }

    private static void Put(Span<byte> at, ulong value, GuestAbi abi) => new MemberWriter(at, abi).Word(value);

    private static ulong Value(TestGuest guest, Random random) => random.Next(12) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => (ulong)random.Next(40),
        3 => 0x7ff0,
        4 => guest.Vcpu.KernelRootMfn,
        5 => (ulong)random.Next(4200),
        6 => (ulong)((random.NextInt64(4096) << 12) + (random.NextInt64(512) << 3) + random.NextInt64(4)),
        7 => (ulong)((random.NextInt64(4096) << 12) + 0x27),
        8 => TestGuest.Scratch + (ulong)random.Next(4096),
        9 => (ulong)random.Next(1024) << 12,
        10 => (guest.Domain.Is32Bit ? MachineToPhys32.VirtStart : Layout.XenStart) + (ulong)random.Next(),
        _ => (ulong)random.NextInt64(),
    };
}
