using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>Our own kernels on the hypervisor. The expected text is real Xen's (guests/README.md).</summary>
public class SelfTestTests
{
    [Theory]
    [InlineData("selftest/build/selftest.elf", 0)]
    [InlineData("selftest/build/selftest.elf", 1)]
    [InlineData("selftest/build/selftest.elf", 77)]
    [InlineData("selftest/build/selftest-page.elf", 2)]
    [InlineData("selftest/build/selftest-page.elf", 3)]
    public void The_self_test_sees_what_it_sees_on_Xen(string image, ulong seed)
    {
        (RunResult result, string console) = GuestImages.Run(GuestImages.Read(image), seed);

        Assert.Equal(GuestImages.ExpectedOutput, console);
        Assert.Equal(StopReason.Shutdown, result.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Two_vcpus_see_what_they_see_on_Xen(ulong seed)
    {
        (RunResult result, string console) = GuestImages.Run(GuestImages.Read("smp/build/smp.elf"), seed, vcpus: 2);

        Assert.Equal(GuestImages.Expected("smp"), console);
        Assert.Equal(StopReason.Shutdown, result.Reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public void A_32_bit_kernel_sees_what_Xen_would_show_it(ulong seed)
    {
        (RunResult result, string console) = GuestImages.Run(GuestImages.Read("ring1/build/ring1.elf"), seed);

        Assert.Equal(GuestImages.Expected("ring1"), console);
        Assert.Equal(StopReason.Shutdown, result.Reason);
    }

    [Fact]
    public void One_seed_twice_is_one_run_twice()
    {
        byte[] image = GuestImages.Read("selftest/build/selftest.elf");

        Assert.Equal(GuestImages.Run(image, seed: 5).Result.Instructions, GuestImages.Run(image, seed: 5).Result.Instructions);
    }

    [Theory]
    [InlineData("xsa148")]
    [InlineData("xsa182")]
    [InlineData("xsa401")]
    public void An_advisory_re_enacted_is_refused(string advisory)
    {
        byte[] image = GuestImages.Read($"faults/{advisory}/build/{advisory}.elf");
        for (ulong seed = 0; seed < 8; seed++)
        {
            (RunResult result, string console) = GuestImages.Run(image, seed);

            Assert.EndsWith("\nrefused\n", console, StringComparison.Ordinal);
            Assert.Equal(StopReason.Shutdown, result.Reason);
        }
    }
}
