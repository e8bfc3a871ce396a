using System.Globalization;

namespace ExplorerBench;

internal static class Program
{
    // A short run says little: it is repeated, and the median counts.
    private const double ShortSeconds = 2;
    private const int ShortRepetitions = 5;

    private const string Usage = "usage: bench explorer [--rows 4-1-1,3-2-2] [--repeat N] [--without-spin] [--check]";

    /// <returns>0; 1: the command line; 3: SPIN or gcc cannot be run; 12: with --check, a target was missed; 14: the counts disagree</returns>
    private static int Main(string[] arguments)
    {
        if (!TryParse(arguments, out List<Row> rows, out int? repeat, out bool withSpin, out bool check))
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }

        List<Results> all = [.. rows.Select(row => new Results(row))];
        try
        {
            for (int repetition = 0; all.Any(results => repetition < Repetitions(results, repeat)); repetition++)
            {
                foreach (Results results in all.Where(results => repetition < Repetitions(results, repeat))) Measure(results, withSpin);
            }
        }
        catch (InvalidOperationException problem)
        {
            Console.Error.WriteLine($"bench explorer: {problem.Message}");
            return 3;
        }

        TextReport.Write(Console.Out, all);
        if (all.Any(results => !results.Agrees)) return 14;
        return check && all.Any(results => results.Missed().Any()) ? 12 : 0;
    }

    private static int Repetitions(Results results, int? wanted) =>
        wanted ?? (results.Runs == 0 || results.One.CpuSeconds >= ShortSeconds ? 1 : ShortRepetitions);

    /// <summary>One engine after the other, so that a slow minute of the machine falls on all alike.</summary>
    private static void Measure(Results results, bool withSpin)
    {
        Console.Error.WriteLine($"row {results.Row}");
        Ours.WarmUp(results.Row);
        Measurement one = Ours.Run(results.Row, workers: 1);
        Measurement two = Ours.Run(results.Row, workers: 2);
        Measurement? peer = null;
        if (withSpin)
        {
            using Spin spin = new();
            peer = spin.Run(results.Row);
        }

        results.Add(one, two, peer);
    }

    private static bool TryParse(string[] arguments, out List<Row> rows, out int? repeat, out bool withSpin, out bool check)
    {
        rows = [new(4, 1, 1), new(3, 2, 2)];
        (repeat, withSpin, check) = (null, true, false);
        for (int i = 0; i < arguments.Length; i++)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            switch (arguments[i])
            {
                case "--without-spin":
                    withSpin = false;
                    break;
                case "--check":
                    check = true;
                    break;
                case "--repeat" when int.TryParse(value, CultureInfo.InvariantCulture, out int times) && times is > 0 and <= 100:
                    repeat = times;
                    i++;
                    break;
                case "--rows" when TryParseRows(value, out rows):
                    i++;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    private static bool TryParseRows(string list, out List<Row> rows)
    {
        rows = [];
        foreach (string text in list.Split(','))
        {
            if (!Row.TryParse(text, out Row? row)) return false;
            rows.Add(row);
        }

        return true;
    }
}
