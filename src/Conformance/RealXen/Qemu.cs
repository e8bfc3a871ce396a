namespace Conformance.RealXen;

/// <summary>Real Xen under QEMU's own translator: right for hypercalls and memory, quick.</summary>
/// <remarks>
/// QEMU 7.2 gives a refused INT n the wrong error code in long mode (n*16+2 instead of n*8+2), and is lax with segments: scripts that
/// depend on them go to <see cref="Bochs"/>. The CPU model must be a named one; Xen crashes on synthetic ones.
/// </remarks>
/// <param name="xen">path of the unpacked hypervisor</param>
internal sealed class Qemu(string xen) : IEmulator
{
    /// <summary>Xen says nothing of its own accord; its first domain can have no more memory than it starts with.</summary>
    public const string XenOptions = "console=com1 com1=115200,8n1 loglvl=none guest_loglvl=none dom0_mem=128M,max:128M noreboot vga=none";

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    public string Name => "QEMU";

    public BootOutcome Boot(string guest, ReadOnlyMemory<byte> module, BootLimits limits, Func<Record, bool> heard, CancellationToken cancel)
    {
        using TemporaryFolder folder = new();
        // QEMU takes commas for separators, so that paths must be without them.
        File.Copy(guest, folder.File("guest"));
        File.WriteAllBytes(folder.File("module"), module.Span);
        using EmulatorProcess process = new(folder.Path,
        [
            "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg,thread=single", "-cpu", "Skylake-Client-noTSX-IBRS", "-m", "512",
            "-nodefaults", "-display", "none", "-vga", "none", "-serial", "stdio", "-monitor", "none", "-net", "none", "-no-reboot",
            "-kernel", xen, "-initrd", "guest,module", "-append", XenOptions,
        ]);
        Listener listener = new(limits, heard);
        byte[] buffer = new byte[16384];
        Task<int> reading = process.Output.ReadAsync(buffer, CancellationToken.None).AsTask();
        while (listener.End is null)
        {
            cancel.ThrowIfCancellationRequested();
            if (!reading.Wait(Glance, cancel))
            {
                listener.Look();
                continue;
            }

            if (reading.Result == 0) listener.Lose();
            else listener.Take(buffer.AsSpan(0, reading.Result));
            reading = process.Output.ReadAsync(buffer, CancellationToken.None).AsTask();
        }

        return listener.Outcome;
    }
}
