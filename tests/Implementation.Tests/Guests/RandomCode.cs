using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>Pages of random code: any bytes, or bytes that mostly decode, or a loop of hypercalls with random registers.</summary>
internal static class RandomCode
{
    private static ReadOnlySpan<byte> Prefixes => [0x66, 0xf2, 0xf3, 0xf0, 0x64, 0x65, 0x67, 0x2e];

    public static byte[] Page(int seed, DomainKind kind = DomainKind.Pv64)
    {
        Random random = new(seed);
        byte[] page = new byte[4096];
        switch (seed % 3)
        {
            case 0:
                random.NextBytes(page);
                break;
            case 1:
                for (int at = 0; at < page.Length;) at = Instruction(random, page, at);
                break;
            default:
                Hypercalls(random, page, kind);
                break;
        }

        return page;
    }

    /// <summary>One instruction, or something like one: perhaps prefixes, an opcode, ModRM, a few bytes.</summary>
    private static int Instruction(Random random, byte[] page, int at)
    {
        List<byte> bytes = [];
        if (random.Next(8) == 0) bytes.Add(Prefixes[random.Next(Prefixes.Length)]);
        if (random.Next(2) == 0) bytes.Add((byte)(0x40 | random.Next(16)));
        if (random.Next(4) == 0) bytes.Add(0x0f);
        bytes.Add((byte)random.Next(256));
        bytes.Add((byte)(random.Next(2) == 0 ? 0xc0 | random.Next(64) : random.Next(256)));
        for (int n = random.Next(5); n > 0; n--) bytes.Add((byte)random.Next(random.Next(2) == 0 ? 256 : 2));
        foreach (byte b in bytes)
            if (at < page.Length) page[at++] = b;
        return at;
    }

    /// <summary>
    /// Hypercall after hypercall: a register gets a small number, a random one, or an address in the image, and SYSCALL or
    /// INT 0x82 follows; the page ends with a jump back to its start.
    /// </summary>
    private static void Hypercalls(Random random, byte[] page, DomainKind kind)
    {
        bool is64 = kind == DomainKind.Pv64;
        // RDI, RSI, RDX, R10, R8, where bit 3 asks for REX.B; or EBX, ECX, EDX, ESI, EDI.
        ReadOnlySpan<byte> registers = is64 ? [7, 6, 2, 10, 8] : [3, 1, 2, 6, 7], call = is64 ? [0x0f, 0x05] : [0xcd, 0x82];
        int at = 0;
        while (at < page.Length - 80)
        {
            // An iret hypercall with a random frame ends the guest: seldom, or nothing else would be seen.
            int number = random.Next(64);
            at = Load(page, at, 0, (ulong)(number == 23 && random.Next(20) != 0 ? 26 : number), is64);
            foreach (byte register in registers)
            {
                ulong value = random.Next(4) switch
                {
                    0 => (ulong)random.NextInt64(),
                    1 => (ulong)random.Next(0x400000),
                    2 => 0x7ff0,
                    _ => (ulong)random.Next(32),
                };
                if (random.Next(2) == 0) at = Load(page, at, register, value, is64);
            }

            call.CopyTo(page.AsSpan(at));
            at += call.Length;
        }

        page[at] = 0xe9;
        BitConverter.TryWriteBytes(page.AsSpan(at + 1), -(at + 5));
    }

    /// <summary>MOV r64, imm64, or MOV r32, imm32.</summary>
    private static int Load(byte[] page, int at, byte register, ulong value, bool is64)
    {
        if (is64) page[at++] = (byte)(0x48 | register >> 3);
        page[at++] = (byte)(0xb8 | register & 7);
        if (is64) BitConverter.TryWriteBytes(page.AsSpan(at), value);
        else BitConverter.TryWriteBytes(page.AsSpan(at), (uint)value);
        return at + (is64 ? sizeof(ulong) : sizeof(uint));
    }
}
