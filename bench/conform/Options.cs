using System.Globalization;

namespace ConformBench;

/// <summary>The command line.</summary>
/// <param name="Repeat">repetitions once everything is compiled; medians count</param>
/// <param name="XenCases">scripts that real Xen plays too; 0 for none</param>
/// <param name="Check">whether a missed target is an error</param>
internal sealed record Options(int Cases = 2000, int Repeat = 3, int XenCases = 500, ulong Seed = 1, bool Check = false)
{
    public const string Usage = "usage: bench conform [--cases N] [--repeat N] [--xen-cases N | --without-xen] [--seed S] [--check]";

    /// <returns>null: the command line is not understood</returns>
    public static Options? Parse(ReadOnlySpan<string> arguments)
    {
        Options options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--check" or "--without-xen")
            {
                options = arguments[i] == "--check" ? options with { Check = true } : options with { XenCases = 0 };
                continue;
            }

            if (i + 1 == arguments.Length || !int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return null;
            switch (arguments[i++])
            {
                case "--cases" when number > 0: options = options with { Cases = number }; break;
                case "--repeat" when number > 0: options = options with { Repeat = number }; break;
                case "--xen-cases": options = options with { XenCases = number }; break;
                case "--seed": options = options with { Seed = (ulong)number }; break;
                default: return null;
            }
        }

        return options;
    }
}
