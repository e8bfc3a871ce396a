using Conformance.Runs;

namespace Cli;

/// <summary>Headlines in the colour of their verdict, on a terminal only.</summary>
internal static class Painted
{
    public static string Headline(bool isPlain, Verdict verdict, string line)
    {
        bool isPainted = !isPlain && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
        if (!isPainted) return line;
        string colour = verdict switch { Verdict.Holds => "\e[32m", Verdict.Inconclusive => "\e[33m", _ => "\e[31m" };
        return $"{colour}{line}\e[0m";
    }
}
