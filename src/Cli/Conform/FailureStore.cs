using System.Security.Cryptography;
using System.Text;
using Checking.Traces;
using Conformance.Campaigns;
using Conformance.Runs;
using Conformance.Scripts;
using Conformance.Traces;
using Implementation.Hypervisor;

namespace Cli.Conform;

/// <summary>The failures of earlier campaigns, a trace for each shortest script, in <c>.ringfence/failures</c> where the command was called.</summary>
internal static class FailureStore
{
    private static readonly string Folder = Path.Combine(".ringfence", "failures");

    /// <summary>The scripts that failed on such a target, for domains of a kind, before, in the order of their names.</summary>
    /// <remarks>A file that cannot be read is told on standard error, and left alone.</remarks>
    public static IReadOnlyList<Script> Find(string target, string? fault, DomainKind kind)
    {
        if (!Directory.Exists(Folder)) return [];
        List<Script> scripts = [];
        foreach (string path in Directory.EnumerateFiles(Folder, "*.itf.json").Order(StringComparer.Ordinal))
        {
            try
            {
                RecordedScript kept = TraceInput.Checked(path, () => ScriptTraceReader.Read(TraceInput.Read(path)));
                if (kept.Origin.Target == target && kept.Origin.Fault == fault && kept.Result.Script.Shape.Kind == kind) scripts.Add(kept.Result.Script);
            }
            catch (BadInputException e)
            {
                Console.Error.WriteLine($"ringfence: not tried again: {e.Message.TrimEnd('.')}.");
            }
        }

        return scripts;
    }

    /// <summary>Keeps a failure for the campaigns to come, and writes its trace to where the user wants traces.</summary>
    public static TraceFolder.Attempt Keep(string folder, CaseResult minimal, ScriptOrigin origin)
    {
        ItfTrace trace = ScriptTrace.Of(minimal, origin);
        string name = $"{minimal.Failure!.Claim}-{Mark(minimal.Script, origin)}";
        TraceFolder.Attempt kept = TraceFolder.TryWrite(Folder, name, trace), written = TraceFolder.TryWrite(folder, name, trace);
        return written.Failure is null ? written with { Failure = kept.Failure } : written;
    }

    /// <summary>The same for the same script on the same target with the same fault.</summary>
    private static string Mark(Script script, ScriptOrigin origin)
    {
        byte[] whole = SHA256.HashData(Encoding.UTF8.GetBytes($"{origin.Target}\n{origin.Fault}\n{ScriptText.Write(script)}"));
        return Convert.ToHexStringLower(whole.AsSpan(0, 4));
    }
}
