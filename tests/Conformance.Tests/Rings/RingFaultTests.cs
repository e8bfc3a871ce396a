using System.Buffers.Binary;
using Conformance.Campaigns;
using Conformance.Scripts;
using Conformance.Simulation;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Model;
using Model.Rings.Faults;
using Path = Conformance.Simulation.Path;

namespace Conformance.Tests.Rings;

/// <summary>A mistake made again in the model of ring protection is found beside a guest that comes near it, and by no other.</summary>
public sealed class RingFaultTests
{
    /// <summary>What a guest does to show the mistake: acts of one vCPU, executed as guest code.</summary>
    [Theory, Clause("R-1")]
    [InlineData("XSA-8", "int vector=0x80\nint vector=0x80")]
    [InlineData("XSA-193", "set_segment_base which=fs address=0x8000000000000000")]
    [InlineData("XSA-213", "enter_user\nenter_kernel")]
    [InlineData("XSA-293", "fpu_taskswitch set=1")]
    [InlineData("XSA-444", "set_debugreg register=0 address=0xffff800000001000")]
    [InlineData("open-ports", "instruction which=cli")]
    public void A_mistake_of_the_model_is_found_beside_a_guest(string fault, string acts)
    {
        StageShape shape = new(1, 1);
        Script script = ScriptText.Read($"stage domains=1 vcpus=1\n{string.Join('\n', acts.Split('\n').Select(a => $"d1v0 {a}"))}\n");
        using Simulator sound = new(shape, new() { Path = Path.Executed });
        Assert.Null(sound.Run(script).Failure);

        Exception? early = null;
        Failure? failure = null;
        try
        {
            using Simulator mistaken = new(shape, new() { Path = Path.Executed, RingFault = fault });
            failure = mistaken.Run(script).Failure;
        }
        catch (InvalidOperationException e)
        {
            early = e; // The stage itself cannot be set beside such a model.
        }

        Assert.True(failure is not null || early?.Message.Contains("is refuted", StringComparison.Ordinal) == true, $"{fault} is not found: {early?.Message}");
    }

    /// <summary>What test kernels do anyway: return with events masked, raise a vector that is not open to them, take exceptions one after another.</summary>
    [Theory]
    [InlineData("XSA-8", "selftest")]
    [InlineData("XSA-202", "selftest")]
    [InlineData("any-vector", "selftest")]
    [InlineData("XSA-8", "ring1")]
    [InlineData("XSA-202", "ring1")]
    [InlineData("any-vector", "ring1")]
    public void A_mistake_of_the_model_is_found_beside_a_kernel(string fault, string guest)
    {
        ModelWatch watch = new() { RingFault = RingFault.Find(fault) };
        using Xen xen = new(new() { MemoryFrames = 6144 }, watch);
        Domain domain = DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(Guests.Image(guest)), MemoryPages = 2048 });
        xen.Run(domain, new RunLimits { Instructions = 20_000_000 });
        Assert.NotNull(watch.Finding);
    }

    /// <summary>The frame of an event would reach down into Xen's addresses: only the model that looks at its beginning alone thinks it could be made.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("XSA-215")]
    public void A_frame_that_reaches_into_Xens_addresses_is_the_end_of_the_domain(string? fault)
    {
        const ulong behindXen = 0xffff_8800_0000_0000;

        ModelWatch watch = new() { RingFault = fault is null ? null : RingFault.Find(fault) };
        using Xen xen = new(new() { MemoryFrames = 2048 }, watch);
        Vcpu vcpu = Build(xen, "selftest");
        Assert.Equal(0, Call(vcpu, number: 4, 0x1000, 0x1000, 0x1000));
        RunLoop.RunGuest(vcpu, 1);
        vcpu.Cpu[Gpr.Rsp] = behindXen;
        xen.Observer!.ContextSet(vcpu);
        (vcpu.Info.UpcallMask, vcpu.Info.UpcallPending) = (false, true);
        xen.Observer.ContextSet(vcpu);
        EventDelivery.Deliver(vcpu);

        Assert.NotNull(vcpu.Domain.CrashReason);
        Assert.Equal(fault is not null, watch.Finding is not null);
    }

    /// <summary>A 32-bit kernel asks to go on at level 0: only a model that keeps the frame's level thinks it could.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData("kept-rpl")]
    public void An_iret_to_level_0_is_the_end_of_a_32_bit_domain(string? fault)
    {
        const ulong iret = 23;

        ModelWatch watch = new() { RingFault = fault is null ? null : RingFault.Find(fault) };
        using Xen xen = new(new() { MemoryFrames = 4096 }, watch);
        Domain domain = DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(Guests.Image("ring1")), MemoryPages = 2048 });
        Vcpu vcpu = domain.Vcpus[0];
        byte[] frame = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(8), 0xe018);
        Assert.True(vcpu.TryWrite((vcpu.Cpu[Gpr.Rsp] - 16) & uint.MaxValue, frame));
        vcpu.Cpu[Gpr.Rsp] -= 16;
        xen.Observer!.ContextSet(vcpu);
        Call(vcpu, iret);

        Assert.NotNull(domain.CrashReason);
        Assert.Equal(fault is not null, watch.Finding is not null);
    }

    private static Vcpu Build(Xen xen, string guest) =>
        DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(Guests.Image(guest)), MemoryPages = 1536 }).Vcpus[0];

    private static long Call(Vcpu vcpu, ulong number, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0) =>
        Table.Invoke(vcpu.Domain.Xen, vcpu, new(number, a1, a2, a3, 0, 0), inMulticall: false);
}
