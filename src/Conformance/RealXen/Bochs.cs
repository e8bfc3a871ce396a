
namespace Conformance.RealXen;

/// <summary>Real Xen under Bochs: slower than QEMU, and right in traps and segments.</summary>
/// <param name="xen">path of the unpacked hypervisor</param>
internal sealed class Bochs(string xen) : IEmulator
{
    /// <summary>How often to look into the file that is the serial line.</summary>
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(25);

    /// <summary>GRUB loads Xen, the guest and the batch without asking.</summary>
    private static string GrubConfiguration(BootPlan plan) => $$"""
        set timeout=0
        menuentry ringfence {
            multiboot /boot/xen {{plan.XenOptions}}
            module /boot/guest {{plan.CommandLine}}
            module /boot/module
        }

        """;

    /// <remarks>Few instructions a second make a second short: waits for firmware and for the serial line cost next to nothing.</remarks>
    private const string Configuration = """
        plugin_ctrl: unmapped=0, biosdev=1, speaker=0, extfpuirq=0, parallel=0, serial=1, gameport=0
        config_interface: textconfig
        display_library: term
        romimage: file=/usr/share/bochs/BIOS-bochs-latest
        vgaromimage: file=/usr/share/vgabios/vgabios.bin
        cpu: model=corei7_skylake_x, count=1, ips=4000000, reset_on_triple_fault=0
        memory: guest=512, host=512
        ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
        ata0-master: type=cdrom, path=boot.iso, status=inserted
        boot: cdrom
        com1: enabled=1, mode=file, dev=com1
        log: log
        panic: action=fatal
        error: action=ignore
        info: action=ignore
        debug: action=ignore
        clock: sync=none

        """;

    public string Name => "Bochs";

    public BootOutcome Boot(string guest, ReadOnlyMemory<byte> module, BootLimits limits, Func<Record, bool> heard, CancellationToken cancel) =>
        Boot(new(guest, module, Qemu.XenOptions), new(limits, heard), cancel);

    /// <summary>Boots, listens until the listener has had enough, and leaves nothing behind.</summary>
    /// <exception cref="OperationCanceledException">the user has had enough</exception>
    public BootOutcome Boot(BootPlan plan, Listener listener, CancellationToken cancel)
    {
        using TemporaryFolder folder = new();
        MakeDisc(folder, plan);
        File.WriteAllText(folder.File("bochsrc"), Configuration);
        File.WriteAllBytes(folder.File("com1"), []);
        using EmulatorProcess process = new(folder.Path, ["bochs", "-q", "-f", "bochsrc"]);
        process.Tell("c"); // Debian's Bochs begins in its debugger.
        Task drain = process.Output.CopyToAsync(Stream.Null, CancellationToken.None);

        using FileStream line = new(folder.File("com1"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] buffer = new byte[16384];
        while (listener.End is null)
        {
            cancel.ThrowIfCancellationRequested();
            bool hasEnded = process.HasEnded;
            int count = line.Read(buffer);
            listener.Take(buffer.AsSpan(0, count));
            if (count == 0 && hasEnded) listener.Lose();
            if (count == 0 && !hasEnded) drain.Wait(Glance, cancel);
        }

        return listener.Outcome;
    }

    private static readonly string[] Modules = ["multiboot", "normal", "iso9660", "biosdisk", "search", "search_fs_uuid"];

    private void MakeDisc(TemporaryFolder folder, BootPlan plan)
    {
        string boot = folder.File("disc/boot"), grub = Path.Combine(boot, "grub");
        Directory.CreateDirectory(grub);
        File.WriteAllText(Path.Combine(grub, "grub.cfg"), GrubConfiguration(plan));
        File.Copy(xen, Path.Combine(boot, "xen"));
        File.Copy(plan.Guest, Path.Combine(boot, "guest"));
        File.WriteAllBytes(Path.Combine(boot, "module"), plan.Module.Span);

        using EmulatorProcess rescue = new(folder.Path,
        [
            "grub-mkrescue", "-d", "/usr/lib/grub/i386-pc", "-o", "boot.iso", $"--install-modules={string.Join(' ', Modules)}", "--fonts=", "--locales=", "--themes=", "disc",
        ]);
        rescue.Output.CopyTo(Stream.Null);
        if (!File.Exists(folder.File("boot.iso"))) throw new InvalidOperationException("grub-mkrescue made no disc");
    }
}
