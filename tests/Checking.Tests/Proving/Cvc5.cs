using System.Diagnostics;

namespace Checking.Tests.Proving;

/// <summary>Debian's cvc5, a prover that shares no code with Z3.</summary>
internal static class Cvc5
{
    /// <summary>Effort after which it gives up: no time, so that a slow machine gets the same answers.</summary>
    private const int Resources = 100_000;

    private static readonly Lazy<bool> _isInstalled = new(() =>
        $"{Environment.GetEnvironmentVariable("PATH")}".Split(Path.PathSeparator).Any(p => File.Exists(Path.Combine(p, "cvc5"))));

    public static bool IsInstalled => _isInstalled.Value;

    /// <summary>Instantiates quantifiers by the terms there are, which suffices to refute.</summary>
    public static string Refute(string file) => Answer("--enum-inst", file);

    /// <summary>Tries sorts of one value, of two, and so on, which finds what small worlds satisfy.</summary>
    public static string Satisfy(string file) => Answer("--finite-model-find", file);

    /// <returns>"sat", "unsat" or "unknown"</returns>
    private static string Answer(string method, string file)
    {
        using Process cvc5 = Process.Start(new ProcessStartInfo("cvc5", ["--lang=smt2", method, $"--rlimit={Resources}", file])
        {
            RedirectStandardOutput = true,
        })!;
        string answer = cvc5.StandardOutput.ReadToEnd().Trim();
        cvc5.WaitForExit();
        return answer is "sat" or "unsat" or "unknown" ? answer : throw new InvalidDataException($"{file}: cvc5 says {answer}");
    }
}
