using System.Text;
using Implementation.Domains;
using Implementation.Hypervisor;

namespace Implementation.Tests.Guests;

/// <summary>Debian's own GRUB, the paravirtual images of package grub-xen-host, without any disk.</summary>
public class GrubTests
{
    public const string Pv64 = "/usr/lib/grub-xen/grub-x86_64-xen.bin", Pv32 = "/usr/lib/grub-xen/grub-i386-xen.bin";

    [Theory]
    [InlineData(Pv64)]
    [InlineData(Pv32)]
    public void Grub_takes_commands_at_its_prompt_and_shuts_down(string image)
    {
        (RunResult result, string console) = Boot(image, seed: 1, "echo hello\nhalt\n");
        Assert.Equal(StopReason.Shutdown, result.Reason);
        Assert.Contains("grub> ", console, StringComparison.Ordinal);
        Assert.Contains("\rhello", console, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pv64)]
    [InlineData(Pv32)]
    public void Another_machine_shows_the_same_text_and_the_same_machine_the_same_run(string image)
    {
        (RunResult result, string console) = Boot(image, seed: 1, "halt\n");
        for (ulong seed = 1; seed <= 10; seed++)
        {
            (RunResult again, string text) = Boot(image, seed, "halt\n");
            Assert.Equal(console, text);
            if (seed == 1) Assert.Equal(result, again);
        }
    }

    private static (RunResult Result, string Console) Boot(string image, ulong seed, string keys)
    {
        Assert.SkipUnless(File.Exists(image), "package grub-xen-host is not installed");

        using Xen xen = new(new() { MemoryFrames = 20480, Seed = seed });
        Domain domain = DomainBuilder.Build(xen, new() { Image = File.ReadAllBytes(image), MemoryPages = 16384 });
        StringBuilder console = new();
        domain.Console!.Output += bytes => console.Append(Encoding.Latin1.GetString(bytes.Span));
        domain.Console.Feed(Encoding.ASCII.GetBytes(keys));
        return (xen.Run(domain, new() { Instructions = 200_000_000 }), console.ToString());
    }
}
