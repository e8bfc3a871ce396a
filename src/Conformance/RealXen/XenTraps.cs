using Conformance.Runs;
using Conformance.Traps;

namespace Conformance.RealXen;

/// <summary>Runs guests/traps as the first domain of real Xen 4.17, under Bochs, whose traps are right.</summary>
/// <remarks>docs/real-xen.md, "Traps". A 64-bit guest's only: Debian's Xen is built without 32-bit guests.</remarks>
public sealed class XenTraps : ITrapTarget
{
    /// <summary>
    /// Xen warns of exceptions without a handler; its serial line holds all that the guest says; and user mode has the root that the guest made for
    /// it, and not one of Xen's, in which the machine-to-physical table is always there.
    /// </summary>
    private const string XenOptions =
        "console=com1 com1=115200,8n1 loglvl=warning guest_loglvl=warning serial_tx_buffer=262144 xpti=no dom0_mem=128M,max:128M noreboot vga=none";

    /// <summary>About one boot in 700 hangs of the emulator's own accord; a guest that hangs does so again.</summary>
    private const int Attempts = 2;

    /// <summary>Xen's own lines, and those of them that say why it gives a domain up.</summary>
    private const string Xens = "(XEN)";

    private static readonly string[] Reasons = ["Unhandled: ", "domain_crash_sync called", "Domain 0 (vcpu#0) crashed"];

    private static readonly BootLimits Limits = new(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(3), 4_000_000);

    private readonly string _guest;
    private readonly Bochs _bochs;
    private readonly CancellationToken _cancel;

    /// <param name="options">the guest is that of guests/traps</param>
    /// <exception cref="BadInputException">a package or the guest is missing; the message says which, and how to get it</exception>
    public XenTraps(XenTargetOptions options)
    {
        if (XenFiles.Missing is { } missing) throw new BadInputException("xen", missing);
        if (!File.Exists(options.Guest)) throw new BadInputException(options.Guest, "the guest is not built; ./ringfence setup --with xen builds it");
        (_guest, _bochs, _cancel) = (options.Guest, new(XenFiles.Xen(options.Cache)), options.Cancel);
    }

    public string Name => "xen 4.17, pv64";

    public bool Is32Bit => false;

    /// <exception cref="OperationCanceledException">the user has had enough</exception>
    public TrapRun Run(int? crash)
    {
        BootPlan plan = new(_guest, new byte[1], XenOptions, crash is { } number ? $"case={number}" : "");
        for (int attempt = 1; ; attempt++)
        {
            List<string> lines = [], reasons = [];
            BootOutcome outcome = _bochs.Boot(plan, new(Limits, _ => true, line => Take(line, lines, reasons)), _cancel);
            if (outcome.End == BootEnd.Hung && attempt < Attempts) continue;

            bool isGivenUp = outcome.End == BootEnd.GuestEnded && reasons.Count > 0;
            string? said = outcome.End == BootEnd.Done ? null : isGivenUp ? string.Join("; ", reasons) : $"{outcome.End}: {string.Join(" / ", outcome.LastWords)}";
            return new(lines, isGivenUp, said);
        }
    }

    /// <summary>Keeps what the guest says, from its first line on, and of what Xen says the reasons.</summary>
    private static bool Take(string line, List<string> lines, List<string> reasons)
    {
        bool isXens = line.StartsWith(Xens, StringComparison.Ordinal);
        if (isXens && Reasons.Any(r => line.Contains(r, StringComparison.Ordinal))) reasons.Add(line[Xens.Length..].Trim());
        if (!isXens && (lines.Count > 0 || line == TrapText.Begin)) lines.Add(line);
        return line != TrapText.End;
    }
}
