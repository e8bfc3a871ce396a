using System.Buffers.Binary;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Tests.Rings;

/// <summary>One value that is not as the model has it, be it one of a register or one of a frame, is found; and nothing is where nothing is wrong.</summary>
public sealed class LyingHypervisorTests
{
    private const ulong InterruptFlag = 1 << 9, Iopl = 3 << 12, Nested = 1 << 14, Virtual8086 = 1 << 17, TaskSwitched = 1 << 3, ClockDisabled = 1 << 2, AlignmentCheck = 1 << 18;

    private static readonly Lie[] s_lies =
    [
        Resuming("rip", v => v.Cpu.Rip++),
        Resuming("rsp", v => v.Cpu[Gpr.Rsp] -= 8),
        Resuming("IF", v => v.Cpu.Rflags &= ~InterruptFlag),
        Resuming("IOPL", v => v.Cpu.Rflags |= Iopl),
        Resuming("NT", v => v.Cpu.Rflags ^= Nested),
        Resuming("VM", v => v.Cpu.Rflags |= Virtual8086),
        Resuming("AC", v => v.Cpu.Rflags ^= AlignmentCheck),
        Resuming("level", v => v.Cpu.Cpl = 0),
        Resuming("cs", v => v.Cpu.SetSelector(SegmentRegister.Cs, 0xe008)),
        Resuming("ss", v => v.Cpu.SetSelector(SegmentRegister.Ss, 0xe010)),
        Resuming("ds", v => v.Cpu.SetSelector(SegmentRegister.Ds, 0xe010)),
        Resuming("event mask", v => v.Info.UpcallMask = !v.Info.UpcallMask),
        Resuming("kernel stack", v => v.KernelStackPointer += 16),
        Resuming("ports", v => v.Iopl ^= 3),
        Resuming("floating point", v => v.Cpu.Cr0 ^= TaskSwitched),
        Resuming("time-stamp counter", v => v.Cpu.Cr4 ^= ClockDisabled),
        new("root") { Resuming = v => v.Cpu.Cr3 += 0x1000, Where = v => !v.Domain.Is32Bit },
        new("mode") { Resuming = v => v.InKernelMode = !v.InKernelMode, Where = v => !v.Domain.Is32Bit },
        Left("an inner level", v => v.Cpu.Cpl = 0),
        Left("code of Xen's", v => v.Cpu.SetSelector(SegmentRegister.Cs, 0xe008)),
        Left("data of Xen's", v => v.Cpu.SetSelector(SegmentRegister.Es, 0xe010)),
        Left("a stack of Xen's", v => v.Cpu.SetSelector(SegmentRegister.Ss, 0xe010)),
        Left("interrupts off", v => v.Cpu.Rflags &= ~InterruptFlag),
        Left("I/O privilege", v => v.Cpu.Rflags |= Iopl),
        new("another vector") { Entry = entry => entry ^ (EntryPoint)1 },
        new("no frame") { Entry = _ => (EntryPoint)(-1) },
        new("another place") { Bottom = bottom => bottom - 16 },
        .. Enumerable.Range(0, 5).Select(Word),
    ];

    public static TheoryData<string, string> Lies =>
        [.. from guest in (string[])["selftest", "ring1"] from lie in s_lies where !(guest == "ring1" && lie.Name is "root" or "mode") select (guest, lie.Name)];

    [Theory, Clause("R-1")]
    [MemberData(nameof(Lies))]
    public void What_is_not_so_is_found(string guest, string lie)
    {
        (LyingObserver observer, ModelWatch watch) = Run(guest, s_lies.Single(l => l.Name == lie));
        Assert.True(observer.HasLied, "there was no occasion to lie");
        Assert.NotNull(watch.Finding);
    }

    [Theory]
    [InlineData("selftest")]
    [InlineData("ring1")]
    public void Where_nothing_is_wrong_nothing_is_found(string guest)
    {
        (_, ModelWatch watch) = Run(guest, new("nothing"));
        Assert.Null(watch.Finding);
        Assert.True(watch.Counts is { GuestExits: > 200, BounceFrames: > 50, RingSteps: > 1000 }, $"{watch.Counts}");
    }

    private static Lie Resuming(string name, Action<Vcpu> change) => new(name, When: 40) { Resuming = change };

    private static Lie Left(string name, Action<Vcpu> change) => new(name, When: 40) { Left = change };

    /// <summary>A word of the part that every frame has: the last five, or of an interrupted 32-bit kernel's the last three.</summary>
    private static Lie Word(int word) => new($"word {word} of a frame") { Framed = (v, bottom, size) => Spoil(v, bottom + (ulong)(Skipped(v) + (word % (v.Domain.Is32Bit ? 3 : 5))) * (ulong)size) };

    private static int Skipped(Vcpu v) => v.Domain.Is32Bit ? 0 : 2;

    private static void Spoil(Vcpu v, ulong linear)
    {
        byte[] raw = new byte[4];
        Assert.True(v.TryRead(linear, raw));
        BinaryPrimitives.WriteUInt32LittleEndian(raw, BinaryPrimitives.ReadUInt32LittleEndian(raw) ^ 0x40);
        Assert.True(v.TryWrite(linear, raw));
    }

    private static (LyingObserver Observer, ModelWatch Watch) Run(string guest, Lie lie)
    {
        ModelWatch watch = new();
        LyingObserver observer = new(watch, lie);
        using Xen xen = new(new() { MemoryFrames = 6144, Seed = 1 }, observer);
        Domain domain = DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(Guests.Image(guest)), MemoryPages = 2048 });
        xen.Run(domain, new RunLimits { Instructions = 20_000_000 });
        return (observer, watch);
    }
}
