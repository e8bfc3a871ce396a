using System.Globalization;

namespace EngineBench;

/// <summary>The command line.</summary>
internal sealed record Options
{
    public const string Usage =
        "usage: bench engine [--repeat N] [--scale X] [--kernels alu,mem,...] [--peers unicorn,qemu] [--bits 64|32]\n"
        + "                    [--check] [--format text|json]";

    public int Repeat { get; private init; } = 5;

    /// <summary>Length of the kernels: 1 is some hundred million instructions each.</summary>
    public double Scale { get; private init; } = 0.25;

    public bool Json { get; private init; }

    /// <summary>Answer 12 when a target is missed.</summary>
    public bool Check { get; private init; }

    /// <summary>The form of the kernels; the peers have the 64-bit one only.</summary>
    public int Bits { get; private init; } = 64;

    public IReadOnlyList<int> Kernels { get; private init; } = [.. Enumerable.Range(0, KernelImage.Names.Count)];

    public IReadOnlyList<string> Peers { get; private init; } = ["unicorn", "qemu"];

    public static bool TryParse(string[] arguments, out Options options, out string problem)
    {
        options = new();
        problem = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name == "--check")
            {
                options = options with { Check = true };
                continue;
            }

            string value = i + 1 < arguments.Length ? arguments[++i] : "";
            Options? next = name switch
            {
                "--repeat" when int.TryParse(value, out int n) && n is > 0 and <= 1000 => options with { Repeat = n },
                "--scale" when TryScale(value, out double x) => options with { Scale = x },
                "--bits" when value is "64" or "32" =>
                    options with { Bits = int.Parse(value, CultureInfo.InvariantCulture), Peers = value == "64" ? options.Peers : [] },
                "--format" when value is "text" or "json" => options with { Json = value == "json" },
                "--kernels" when TryIndices(value, out int[] kernels) => options with { Kernels = kernels },
                "--peers" when Words(value).All(w => w is "unicorn" or "qemu") => options with { Peers = Words(value) },
                _ => null,
            };
            if (next is null)
            {
                problem = $"bench engine does not understand {name} {value}".TrimEnd();
                return false;
            }

            options = next;
        }

        return true;
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static bool TryScale(string text, out double scale) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out scale) && scale is >= 0.001 and <= 10;

    private static bool TryIndices(string list, out int[] indices)
    {
        indices = [.. Words(list).Select(w => KernelImage.Names.ToList().IndexOf(w))];
        return indices.Length > 0 && !indices.Contains(-1);
    }
}
