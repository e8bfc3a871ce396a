using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Cpu;

/// <summary>Random bytes as code: nothing they do may throw, hang, or depend on how the run is cut into slices.</summary>
public class CpuSoakTests
{
    [Fact]
    public void Random_pages_never_harm_the_host()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            using Machine m = Build(seed);
            for (int exits = 0; exits < 40; exits++)
            {
                CpuExit exit = m.Cpu.Run(500);
                if (exit.Reason == ExitReason.Budget) break;
                SkipOver(m, exit);
            }
        }
    }

    [Fact]
    public void Slices_of_any_size_equal_one_run()
    {
        for (int seed = 0; seed < 1500; seed++)
        {
            string whole = Trace(seed, int.MaxValue);
            Assert.True(whole == Trace(seed, 1), $"seed {seed}: whole run and single steps differ\n{whole}\n{Trace(seed, 1)}");
            Assert.True(whole == Trace(seed, 3), $"seed {seed}: whole run and slices of 3 differ\n{whole}\n{Trace(seed, 3)}");
        }
    }

    private static string Trace(int seed, int slice)
    {
        using Machine m = Build(seed);
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
    private static void Fill(Span<byte> page, Random random)
    {
        byte[] bytes = new byte[15];
        int at = 0;
        while (at < page.Length)
        {
            random.NextBytes(bytes);
            Decoder decoder = Decoder.Create(64, bytes);
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

    /// <summary>Two pages of code from random bytes, over writable and read-only data.</summary>
    private static Machine Build(int seed)
    {
        Random random = new(seed);
        byte[] code = new byte[4096];
        if (seed % 3 == 0) random.NextBytes(code);
        else Fill(code, random);
        Machine m = new Machine().WithPages(code);
        ulong second = m.Map(Machine.Code + 0x1000, Machine.Present | Machine.User | (seed % 2 == 0 ? Machine.Write : 0));
        Fill(m.Memory.Frame(second), random);
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
        return m;
    }
}
