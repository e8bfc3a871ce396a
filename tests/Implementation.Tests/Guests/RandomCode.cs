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
                if (kind == DomainKind.Pv32Pae) Hypercalls32(random, page);
                else Hypercalls(random, page);
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
    /// Hypercall after hypercall: a register gets a small number, a random one, or an address in the image, and SYSCALL
    /// follows; the page ends with a jump back to its start.
    /// </summary>
    private static void Hypercalls(Random random, byte[] page)
    {
        ReadOnlySpan<byte> registers = [7, 6, 2, 0x80 | 2, 0x80]; // RDI, RSI, RDX, R10, R8; bit 7 asks for REX.B
        int at = 0;
        while (at < page.Length - 80)
        {
            // An iret hypercall with a random frame ends the guest: seldom, or nothing else would be seen.
            int number = random.Next(64);
            at = Load(page, at, 0, (ulong)(number == 23 && random.Next(20) != 0 ? 26 : number));
            foreach (byte register in registers)
            {
                ulong value = random.Next(4) switch
                {
                    0 => (ulong)random.NextInt64(),
                    1 => (ulong)random.Next(0x400000),
                    2 => 0x7ff0,
                    _ => (ulong)random.Next(32),
                };
                if (random.Next(2) == 0) at = Load(page, at, register, value);
            }

            page[at++] = 0x0f;
            page[at++] = 0x05;
        }

        page[at] = 0xe9;
        BitConverter.TryWriteBytes(page.AsSpan(at + 1), -(at + 5));
    }

    /// <summary>The same with INT 0x82 and the registers of 32-bit guests.</summary>
    private static void Hypercalls32(Random random, byte[] page)
    {
        ReadOnlySpan<byte> registers = [3, 1, 2, 6, 7]; // EBX, ECX, EDX, ESI, EDI
        int at = 0;
        while (at < page.Length - 40)
        {
            int number = random.Next(64);
            at = Load32(page, at, 0, (uint)(number == 23 && random.Next(20) != 0 ? 26 : number));
            foreach (byte register in registers)
            {
                uint value = random.Next(4) switch
                {
                    0 => (uint)random.Next(),
                    1 => (uint)random.Next(0x400000),
                    2 => 0x7ff0,
                    _ => (uint)random.Next(32),
                };
                if (random.Next(2) == 0) at = Load32(page, at, register, value);
            }

            page[at++] = 0xcd;
            page[at++] = 0x82;
        }

        page[at] = 0xe9;
        BitConverter.TryWriteBytes(page.AsSpan(at + 1), -(at + 5));
    }

    /// <summary>MOV r32, imm32.</summary>
    private static int Load32(byte[] page, int at, byte register, uint value)
    {
        page[at] = (byte)(0xb8 | register);
        BitConverter.TryWriteBytes(page.AsSpan(at + 1), value);
        return at + 5;
    }

    /// <summary>MOV r64, imm64.</summary>
    private static int Load(byte[] page, int at, byte register, ulong value)
    {
        page[at] = (byte)((register & 0x80) != 0 ? 0x49 : 0x48);
        page[at + 1] = (byte)(0xb8 | (register & 7));
        BitConverter.TryWriteBytes(page.AsSpan(at + 2), value);
        return at + 10;
    }
}
