namespace Cli;

/// <summary>What the process answers its caller; compatible with TLC and Apalache (12) and CBMC (5).</summary>
internal static class ExitCode
{
    public const int Holds = 0, Usage = 1, BadInput = 3, Inconclusive = 5, Internal = 6, Violated = 12, Diverged = 14, Vacuous = 16, Interrupted = 130;
}
