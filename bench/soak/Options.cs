using System.Globalization;

namespace SoakBench;

/// <summary>Which models run beside a guest.</summary>
internal enum Watch { Off, Memory, All }

/// <summary>The command line.</summary>
/// <param name="Instructions">that guests are to retire in all, the two kinds taking turns</param>
/// <param name="Seed">what the guests' seeds follow from</param>
/// <param name="First">number of the first domain: a run can be split into several</param>
/// <param name="Length">instructions that one domain retires at most</param>
/// <param name="Watch">which models run beside the guests</param>
/// <param name="Report">domains between two lines of progress</param>
internal sealed record Options(
    ulong Instructions = 1_700_000_000, ulong Seed = 1, ulong First = 0, ulong Length = 10_000_000, Watch Watch = Watch.All, ulong Report = 50)
{
    public const string Usage =
        "usage: bench soak [--instructions N] [--seed S] [--first DOMAIN] [--length N] [--watch all|memory|off] [--report DOMAINS]";

    /// <returns>null: the command line is not understood</returns>
    public static Options? Parse(ReadOnlySpan<string> arguments)
    {
        Options options = new();
        for (int i = 0; i < arguments.Length; i += 2)
        {
            if (i + 1 == arguments.Length) return null;
            if (arguments[i] == "--watch")
            {
                if (!Enum.TryParse(arguments[i + 1], ignoreCase: true, out Watch watch)) return null;
                options = options with { Watch = watch };
                continue;
            }

            if (!ulong.TryParse(arguments[i + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out ulong number)) return null;
            switch (arguments[i])
            {
                case "--instructions" when number > 0: options = options with { Instructions = number }; break;
                case "--seed": options = options with { Seed = number }; break;
                case "--first": options = options with { First = number }; break;
                case "--length" when number > 0: options = options with { Length = number }; break;
                case "--report" when number > 0: options = options with { Report = number }; break;
                default: return null;
            }
        }

        return options;
    }
}
