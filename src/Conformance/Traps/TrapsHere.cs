using System.Text;
using Conformance.Runs;

namespace Conformance.Traps;

/// <summary>Our own hypervisor, beside the model of its memory.</summary>
/// <param name="guest">path of the guest's image</param>
public sealed class TrapsHere(string guest, bool is32Bit) : ITrapTarget
{
    /// <summary>Forty times what the longest run takes.</summary>
    private const ulong Limit = 100_000_000;

    private const ulong MemoryPages = 1536;

    /// <summary>"ringfence, pv64" or "ringfence, pv32pae".</summary>
    public string Name => is32Bit ? "ringfence, pv32pae" : "ringfence, pv64";

    public bool Is32Bit => is32Bit;

    public TrapRun Run(int? crash)
    {
        RunOutcome outcome = GuestRun.Execute(new()
        {
            Image = File.ReadAllBytes(guest),
            ImageName = Path.GetFileName(guest),
            MemoryPages = MemoryPages,
            CommandLine = crash is { } number ? $"case={number}" : "",
            Limit = Limit,
        });
        string[] lines = Encoding.ASCII.GetString(outcome.Console.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        bool isGivenUp = outcome.StoppedBy == StoppedBy.Crash;
        return new(lines, isGivenUp, isGivenUp ? outcome.ShutdownReason : null, outcome.Finding?.ToString());
    }
}
