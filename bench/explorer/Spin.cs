using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Bench;

namespace ExplorerBench;

/// <summary>SPIN on the same model (pagetypes.pml): depth-first, exact storage, one process.</summary>
internal sealed partial class Spin : IDisposable
{
    private const int HashBits = 25, MostDepth = 8_000_000;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("ringfence-spin-").FullName;

    /// <summary>Makes the verifier of a row and runs it.</summary>
    /// <exception cref="InvalidOperationException">SPIN or gcc is not there or fails; the message says which and how</exception>
    public Measurement Run(Row row)
    {
        string model = Path.Combine(AppContext.BaseDirectory, "pagetypes.pml");
        Execute("spin", [$"-DFRAMES={row.Frames}", $"-DSLOTS={row.Entries}", $"-DMOVABLE={row.Movable}", "-a", model]);
        Execute("gcc", ["-O2", "-w", "-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DNOCLAIM", "-DVECTORSZ=64", "-o", "pan", "pan.c"]);

        double before = ChildrenCpu.Seconds();
        string report = Execute(Path.Combine(_folder, "pan"), [$"-m{MostDepth}", $"-w{HashBits}"]);
        double seconds = ChildrenCpu.Seconds() - before;
        (double states, _) = Number(States(), report);
        (double transitions, double rounding) = Number(Transitions(), report);
        return new(
            (long)states,
            (long)transitions - 1, // SPIN counts the first state as one.
            seconds,
            Number(Memory(), report).Value * 1024 * 1024,
            (long)rounding,
            report.Contains("errors: 0", StringComparison.Ordinal) && !report.Contains("too small", StringComparison.Ordinal)
                ? null
                : "SPIN did not end its search or found an error");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Execute(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(s_limit))
            {
                process.Kill();
                throw new InvalidOperationException($"{Path.GetFileName(program)} took longer than {s_limit.TotalMinutes} minutes");
            }

            process.WaitForExit();
            if (process.ExitCode == 0) return output.Result;
            throw new InvalidOperationException($"{Path.GetFileName(program)} failed: {(errors.Result + output.Result).Trim().Split('\n')[0]}");
        }
        catch (Win32Exception problem)
        {
            throw new InvalidOperationException($"{program} cannot be run ({problem.Message})", problem);
        }
    }

    /// <returns>the number printed, and half of what its last digit stands for: "1.973107e+08" may be off by 50</returns>
    private static (double Value, double Rounding) Number(Regex pattern, string report)
    {
        Match match = pattern.Match(report);
        if (!match.Success) throw new InvalidOperationException("SPIN's report is not as expected");

        string text = match.Groups[1].Value;
        double value = double.Parse(text, CultureInfo.InvariantCulture);
        if (text.Split('e') is not [var digits, var exponent]) return (value, 0);

        int decimals = digits.Contains('.', StringComparison.Ordinal) ? digits.Length - digits.IndexOf('.', StringComparison.Ordinal) - 1 : 0;
        return (value, Math.Pow(10, int.Parse(exponent, CultureInfo.InvariantCulture) - decimals) / 2);
    }

    [GeneratedRegex(@"^\s*([0-9.e+]+) states, stored", RegexOptions.Multiline)]
    private static partial Regex States();

    [GeneratedRegex(@"^\s*([0-9.e+]+) transitions", RegexOptions.Multiline)]
    private static partial Regex Transitions();

    [GeneratedRegex(@"^\s*([0-9.e+]+)\s+total actual memory usage", RegexOptions.Multiline)]
    private static partial Regex Memory();
}
