using System.Globalization;
using System.Text;

namespace EngineBench;

/// <summary>The table for people.</summary>
internal static class TextReport
{
    public static string Write(Results results, IReadOnlyList<string> missing)
    {
        StringBuilder text = new();
        IReadOnlyList<IEngine> peers = [.. results.Engines.Skip(1)];

        text.AppendLine("guest instructions, millions a second of CPU time (rep: words moved); median of the repetitions").AppendLine();
        text.Append(Cell("kernel", -8)).Append(Cell("instructions", 14));
        foreach (IEngine engine in results.Engines) text.Append(Cell(engine.Name, 11));
        foreach (IEngine peer in peers) text.Append(Cell($"/{peer.Name}", 10));
        text.AppendLine();

        foreach (int kernel in results.Kernels)
        {
            text.Append(Cell(KernelImage.Names[kernel], -8)).Append(Cell(results.Instructions(kernel).ToString(CultureInfo.InvariantCulture), 14));
            foreach (IEngine engine in results.Engines) text.Append(Cell(Number(results.Mips(kernel, engine.Name), "0"), 11));
            foreach (IEngine peer in peers) text.Append(Cell(Number(results.Ratio(kernel, peer.Name), "0.00"), 10));
            text.AppendLine(results.Answers(kernel).Distinct().Count() == 1 ? "" : "   RAX DIFFERS");
        }

        text.Append(Cell("geomean", -8)).Append(Cell("(rep left out)", 14)).Append(' ', 11 * results.Engines.Count);
        foreach (IEngine peer in peers) text.Append(Cell(Number(results.Ratio(peer.Name), "0.00"), 10));
        text.AppendLine().AppendLine();

        foreach (IEngine engine in results.Engines) text.Append(Cell(engine.Name, -10)).AppendLine(engine.Note);
        foreach (string line in missing) text.AppendLine(line);
        if (!results.RaxAgrees) text.AppendLine("the engines DISAGREE on an answer");
        if (results.Ratio("unicorn") is not null)
        {
            string verdict = results.MeetsTargets ? "met" : "MISSED";
            text.AppendLine(CultureInfo.InvariantCulture,
                $"target    at least {Results.MeanTarget}x unicorn in the mean and {Results.FloorTarget}x in each kernel: {verdict}");
        }

        return text.ToString();
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Cell(string text, int width) => width < 0 ? text.PadRight(-width) : text.PadLeft(width);
}
