using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Cpu;

/// <summary>Random bytes as code: nothing they do may throw, hang, or depend on how the run is cut into slices.</summary>
public class CpuSoakTests
{
    [Theory]
    [InlineData(64, 3000)]
    [InlineData(32, 1500)]
    [InlineData(16, 500)]
    public void Random_pages_never_harm_the_host(int bits, int seeds)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            using Machine m = Build(seed, bits);
            for (int exits = 0; exits < 40; exits++)
            {
                CpuExit exit = m.Cpu.Run(500);
                if (exit.Reason == ExitReason.Budget) break;
                SkipOver(m, exit);
            }
        }
    }

    [Theory]
    [InlineData(64, 1500)]
    [InlineData(32, 750)]
    [InlineData(16, 250)]
    public void Slices_of_any_size_equal_one_run(int bits, int seeds)
    {
        for (int seed = 0; seed < seeds; seed++)
        {
            string whole = Trace(seed, bits, int.MaxValue);
            foreach (int slice in (int[])[1, 3])
            {
                string sliced = Trace(seed, bits, slice);
                Assert.True(whole == sliced, $"seed {seed}: whole run and slices of {slice} differ\n{whole}\n{sliced}");
            }
        }
    }

    private static string Trace(int seed, int bits, int slice)
    {
        using Machine m = Build(seed, bits);
        List<string> exits = [];
        ulong left = 400;
        while (left > 0 && exits.Count < 60)
        {
            ulong before = m.Cpu.Retired;
            CpuExit exit = m.Cpu.Run(Math.Min(left, (ulong)slice));
            left -= m.Cpu.Retired - before;
            if (exit.Reason == ExitReason.Budget) continue;
            exits.Add($"{exit} {m.Cpu.Rip:x} {m.Cpu.Rflags:x} {m.Cpu.Retired}");
            SkipOver(m, exit);
        }

        return string.Join('\n', exits) + "\n" + m.Describe();
    }

    /// <summary>Goes on behind a fault, somewhere that depends on it.</summary>
    private static void SkipOver(Machine m, CpuExit exit)
    {
        m.Cpu.Rip = Machine.Code + ((m.Cpu.Rip + 1 + exit.ErrorCode) & 0x1FFF);
        if (exit.Vector is 12 or 14) m.Cpu[Gpr.Rsp] = Machine.Stack + 0x1800;
    }

    /// <summary>Random instructions, most of them not branches and not invalid.</summary>
    private static void Fill(Span<byte> page, int bits, Random random)
    {
        byte[] bytes = new byte[15];
        int at = 0;
        while (at < page.Length)
        {
            random.NextBytes(bytes);
            Decoder decoder = Decoder.Create(bits, bytes);
            decoder.Decode(out Instruction instruction);
            bool tame = !instruction.IsInvalid && instruction.FlowControl == FlowControl.Next && !instruction.IsPrivileged
                && instruction.CpuidFeatures.All(f => f is CpuidFeature.INTEL8086 or CpuidFeature.INTEL386 or CpuidFeature.INTEL486
                    or CpuidFeature.X64 or CpuidFeature.CMOV);
            if (!tame && random.Next(60) != 0) continue;
            int length = Math.Min(Math.Max(1, instruction.Length), page.Length - at);
            bytes.AsSpan(0, length).CopyTo(page[at..]);
            at += length;
        }
    }

    /// <summary>Segments of every kind, a gate and an inner stack; some in the selectors, more within reach of the registers.</summary>
    private static void AddSegments(Machine m, int bits, Random random)
    {
        ulong[] descriptors =
        [
            0x0000_FA40_0000_2FFF, // 16-bit code over the code pages
            0x0040_F260_0000_1FFF, // data of two pages
            0x00C0_F660_0000_0000, // expand-down
            0x0000_EC00_E018_0100 | 0x40UL << 48, // a gate to ring 1
            0x00AF_FB00_0000_FFFF, // 64-bit code
            0x00CF_FE00_0000_FFFF, // conforming code
            0x0000_F280_0000_FFFF, // a 16-bit stack
            0x00CF_7200_0000_FFFF, // not present
        ];
        for (int i = 0; i < descriptors.Length; i++) m.Descriptors[(ushort)(0x1000 + 8 * i)] = descriptors[i];
        m.RingStacks[1] = (Machine32.KernelData, (uint)Machine.Stack + 0x1000);
        foreach (Gpr register in (Gpr[])[Gpr.Rax, Gpr.Rcx, Gpr.Rsi])
            if (random.Next(3) == 0) m.Cpu[register] = (ulong)(0x1003 + 8 * random.Next(8));
        if (bits == 16)
        {
            m.Cpu.SetSelector(SegmentRegister.Cs, (ushort)(0x1000 | m.Cpu.Cpl));
            m.Cpu.Rip = (ulong)random.Next(0x1000);
        }

        if (random.Next(4) == 0) m.Cpu.SetSelector(SegmentRegister.Ds, 0x100B);
        if (random.Next(4) == 0) m.Cpu.SetSelector(SegmentRegister.Ss, 0x1033);
        if (random.Next(4) == 0) Machine32.LeaveLongMode(m);
    }

    /// <summary>Two pages of code from random bytes, over writable and read-only data.</summary>
    private static Machine Build(int seed, int bits)
    {
        Random random = new(seed);
        byte[] code = new byte[4096];
        if (seed % 3 == 0) random.NextBytes(code);
        else Fill(code, bits, random);
        Machine m = bits == 64 ? new Machine().WithPages(code) : Machine32.With(code, seed % 2 == 0 ? 1 : 3);
        ulong second = m.Map(Machine.Code + 0x1000, Machine.Present | Machine.User | (seed % 2 == 0 ? Machine.Write : 0));
        Fill(m.Memory.Frame(second), bits, random);
        m.MapTo(Machine.Data + 0x2000, m.MfnOf(Machine.Code)); // code by another name
        m.Map(Machine.Data + 0x3000, Machine.Present | Machine.User);
        foreach (Gpr register in Enum.GetValues<Gpr>())
        {
            m.Cpu[register] = random.Next(4) switch
            {
                0 => (ulong)random.NextInt64(),
                1 => (ulong)random.Next(64),
                _ => Machine.Data + (ulong)random.Next(0x4000),
            };
        }

        m.Cpu[Gpr.Rsp] = Machine.Stack + 0x1000 + (ulong)random.Next(0x800);
        m.Cpu.Rip = Machine.Code + (ulong)random.Next(0x1000);
        m.Cpu.GsBase = Machine.Data;
        if (bits != 64) AddSegments(m, bits, random);
        return m;
    }
}
