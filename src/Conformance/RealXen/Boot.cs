namespace Conformance.RealXen;

/// <summary>How a boot of an emulated machine ended.</summary>
internal enum BootEnd
{
    /// <summary>The guest said that it is done, or the reader had enough.</summary>
    Done,

    /// <summary>Xen ended its first domain: it crashed, or shut itself down.</summary>
    GuestEnded,

    /// <summary>Xen stopped with a panic.</summary>
    Panic,

    /// <summary>Nothing was heard for too long, or it took too long altogether.</summary>
    Hung,

    /// <summary>It said more than any batch can.</summary>
    Flooded,

    /// <summary>The emulator itself ended.</summary>
    EmulatorEnded,
}

/// <summary>What a boot may cost.</summary>
/// <param name="Start">until the first record</param>
/// <param name="Silence">from one record to the next</param>
/// <param name="Wall">all in all</param>
/// <param name="Output">bytes on the serial line</param>
internal sealed record BootLimits(TimeSpan Start, TimeSpan Silence, TimeSpan Wall, long Output);

/// <summary>What to boot.</summary>
/// <param name="Guest">path of the kernel</param>
/// <param name="Module">the boot module</param>
/// <param name="XenOptions">Xen's command line</param>
/// <param name="CommandLine">the guest's</param>
internal sealed record BootPlan(string Guest, ReadOnlyMemory<byte> Module, string XenOptions, string CommandLine = "");

/// <summary>How a boot went.</summary>
/// <param name="LastWords">the last lines of Xen's</param>
internal sealed record BootOutcome(BootEnd End, IReadOnlyList<string> LastWords, int Damaged);

/// <summary>A machine that boots real Xen with a guest as its first domain.</summary>
internal interface IEmulator
{
    /// <summary>"QEMU" or "Bochs".</summary>
    string Name { get; }

    /// <summary>Boots, listens until it ends or a limit is reached, and leaves nothing behind.</summary>
    /// <param name="guest">path of the kernel</param>
    /// <param name="module">the boot module</param>
    /// <param name="heard">is told each record; answers whether there is more to come</param>
    /// <exception cref="OperationCanceledException">the user has had enough</exception>
    BootOutcome Boot(string guest, ReadOnlyMemory<byte> module, BootLimits limits, Func<Record, bool> heard, CancellationToken cancel);
}
