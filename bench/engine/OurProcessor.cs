using Implementation.Cpu;
using Implementation.Memory;

namespace EngineBench;

/// <summary>Ringfence's processor at CPL 3 over the image's page tables, as a guest of the hypervisor runs on it.</summary>
internal sealed class OurProcessor : IEngine
{
    private const ushort Code32 = 0x23, Code64 = 0x33, Data = 0x2b;
    private const byte GeneralProtection = 13;

    private bool _warm;

    public string Name => "ringfence";

    public string Note => "interpreter, CPL 3, 4-level paging, VA is not PA";

    public bool RunsAllAtOnce => false;

    public IReadOnlyList<Run> Run(KernelImage image, IReadOnlyList<int> kernels)
    {
        if (!_warm)
        {
            // .NET compiles the hot paths in steps while they run; the peers come compiled.
            foreach (int kernel in kernels) RunOne(image, kernel);
            _warm = true;
        }

        return [.. kernels.Select(kernel => RunOne(image, kernel))];
    }

    private static Run RunOne(KernelImage image, int kernel)
    {
        using PhysicalMemory memory = new((KernelImage.PhysicalBase + KernelImage.WindowBytes) >> PhysicalMemory.PageShift);
        for (int at = 0; at < image.Bytes.Length; at += PhysicalMemory.PageSize)
        {
            ReadOnlySpan<byte> page = image.Bytes.AsSpan(at, Math.Min(PhysicalMemory.PageSize, image.Bytes.Length - at));
            page.CopyTo(memory.Frame((KernelImage.PhysicalBase + (ulong)at) >> PhysicalMemory.PageShift));
        }

        using Processor cpu = new(memory, new FlatBus());
        Prepare(cpu, image.Bits);
        cpu[Gpr.Rax] = image.AddressOf(kernel);
        cpu[Gpr.Rdi] = image.RepetitionsOf(kernel);

        double start = CpuClock.OfThread();
        CpuExit exit = cpu.Run(ulong.MaxValue >> 1);
        double seconds = CpuClock.OfThread() - start;

        // The HLT after the call cannot run at CPL 3: that fault is the end.
        if (exit.Reason != ExitReason.Exception || exit.Vector != GeneralProtection || cpu.Rip != image.End)
            throw new InvalidOperationException($"kernel {KernelImage.Names[kernel]} ended with {exit} at {cpu.Rip:x}");
        return new(kernel, cpu[Gpr.Rax], seconds, cpu.Retired);
    }

    private static void Prepare(Processor cpu, int bits)
    {
        cpu.Efer = 0xd01; // SCE, LME, LMA, NXE
        cpu.Cr4 = 0x620; // PAE, OSFXSR, OSXMMEXCPT
        cpu.Cr0 = 0x80050033; // PG, AM, WP, NE, ET, MP, PE
        cpu.Cr3 = KernelImage.PhysicalBase + KernelImage.RootOffset;
        cpu.Cpl = 3;
        cpu.SetSelector(SegmentRegister.Cs, bits == 64 ? Code64 : Code32);
        foreach (SegmentRegister segment in (ReadOnlySpan<SegmentRegister>)[SegmentRegister.Ss, SegmentRegister.Ds, SegmentRegister.Es])
            cpu.SetSelector(segment, Data);
        cpu.Rflags = 0x202;
        cpu[Gpr.Rsp] = KernelImage.StackTop;
        cpu.Rip = KernelImage.VirtualBase + KernelImage.EntryOffset;
    }

    /// <summary>Three flat descriptors and no CPUID: all that the kernels can reach.</summary>
    private sealed class FlatBus : IProcessorBus
    {
        public CpuidLeaf Cpuid(uint leaf, uint subleaf) => default;

        public bool TryReadDescriptor(ushort selector, out ulong descriptor)
        {
            descriptor = selector switch
            {
                Code32 => 0x00cffb000000ffff,
                Code64 => 0x00affb000000ffff,
                Data => 0x00cff3000000ffff,
                _ => 0,
            };
            return descriptor != 0;
        }

        public void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable)
        {
        }
    }
}
