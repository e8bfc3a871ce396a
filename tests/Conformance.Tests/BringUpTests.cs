using System.Buffers.Binary;
using Conformance.Runs;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;

namespace Conformance.Tests;

/// <summary>States for a second vCPU, lawful and not, under the watch: hypervisor and model read them each for itself.</summary>
public sealed class BringUpTests
{
    private const int ContextSize = 5168, ContextSize32 = 2800;

    /// <summary>Where a context keeps what can be refused: flags, addresses, an LDT, a GDT, roots; and values for them.</summary>
    private static readonly int[] Fields = [512, 648, 672, 728, 4808, 4816, 4824, 4832, 4840, 4960, 4976, 4992, 5008, 5112, 5120, 5128, 5144, 5152, 5160];

    /// <summary>The same of a 32-bit guest's context: flags, eip, esp, the LDT, the GDT, kernel_sp, CR3.</summary>
    private static readonly int[] Fields32 = [512, 548, 560, 2632, 2636, 2640, 2644, 2704, 2712, 2728];

    [Theory, Model.Clause("HC-20")]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void Both_answer_alike_and_agree_on_what_is_held(int seed, bool is32Bit)
    {
        Random random = new(seed);
        int accepted = 0, refused = 0;
        for (int i = 0; i < 12; i++)
        {
            ModelWatch watch = new();
            using Xen xen = new(new() { MemoryFrames = is32Bit ? 4096u : 2048, Seed = (ulong)i }, watch);
            Domain domain = DomainBuilder.Build(xen, is32Bit
                ? new() { Image = File.ReadAllBytes(Guests.Grub32), MemoryPages = 3072, Vcpus = 4 }
                : new() { Image = File.ReadAllBytes(Guests.Image("selftest")), MemoryPages = 1536, Vcpus = 4 });
            for (int k = 0; k < 12; k++)
            {
                if ((is32Bit ? Initialise32(random, xen, domain) : Initialise(random, xen, domain)) == 0) accepted++;
                else refused++;
                Assert.True(watch.Finding is null, $"{watch.Finding}");
            }

            watch.Finish();
            Assert.True(watch.Finding is null, $"{watch.Finding}");
        }

        Assert.True(accepted > 10 && refused > 50, $"{accepted} accepted, {refused} refused");
    }

    /// <summary>Two vCPUs pin and unpin one table, in turns of half a millisecond.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public void A_guest_of_two_vcpus_holds_under_the_watch(ulong seed)
    {
        RunOutcome outcome = GuestRun.Execute(new() { Image = File.ReadAllBytes(Guests.Image("smp")), ImageName = "smp", MemoryPages = 2048, Vcpus = 2, Seed = seed });

        Assert.Equal(Verdict.Holds, outcome.Verdict);
        Assert.Equal("poweroff", outcome.ShutdownReason);
    }

    private static long Initialise(Random random, Xen xen, Domain domain)
    {
        Vcpu caller = domain.Vcpus[0];
        byte[] context = new byte[ContextSize];
        Set(512, 1 << 2);
        Set(656, 0xe033);
        Set(680, 0xe02b);
        Set(5008, caller.KernelRootMfn << 12);
        for (int n = random.Next(3); n > 0; n--) Set(Fields[random.Next(Fields.Length)], Value(random, xen, caller));
        ulong at = caller.Cpu[Gpr.Rsp] + 4096; // memory that the builder leaves mapped behind the stack
        Assert.True(caller.TryWrite(at, context));
        return Table.Invoke(xen, caller, new(24, 0, (ulong)random.Next(5), random.Next(20) == 0 ? 0xdead_0000_0000 : at, 0, 0), inMulticall: false);

        void Set(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(context.AsSpan(offset), value);
    }

    private static long Initialise32(Random random, Xen xen, Domain domain)
    {
        Vcpu caller = domain.Vcpus[0];
        byte[] context = new byte[ContextSize32];
        Set(552, 0xe019);
        Set(564, 0xe021);
        Set(2728, (uint)caller.KernelRootMfn << 12);
        for (int n = random.Next(3); n > 0; n--) Set(Fields32[random.Next(Fields32.Length)], (uint)Value(random, xen, caller));
        ulong at = caller.Cpu[Gpr.Rsp] + 4096; // memory that the builder leaves mapped behind the stack
        Assert.True(caller.TryWrite(at, context));
        return Table.Invoke(xen, caller, new(24, 0, (ulong)random.Next(5), random.Next(20) == 0 ? 0xdead_0000 : at, 0, 0), inMulticall: false);

        void Set(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(context.AsSpan(offset), value);
    }

    private static ulong Value(Random random, Xen xen, Vcpu caller) => random.Next(8) switch
    {
        0 => 0,
        1 => ulong.MaxValue,
        2 => 0x8000_0000_0000,
        3 => (ulong)random.Next(9000),
        4 => caller.KernelRootMfn << 12,
        5 => caller.KernelRootMfn,
        6 => (ulong)random.Next((int)xen.Memory.Frames) << 12,
        _ => (ulong)random.Next((int)xen.Memory.Frames),
    };
}
