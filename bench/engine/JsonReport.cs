using System.Text;
using System.Text.Json;

namespace EngineBench;

/// <summary>One JSON object; README.md describes it.</summary>
internal static class JsonReport
{
    public static string Write(Results results, IReadOnlyList<string> missing, Options options)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new() { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("verdict", Verdict(results));
            json.WriteNumber("repeat", options.Repeat);
            json.WriteNumber("scale", options.Scale);
            json.WriteStartArray("engines");
            foreach (IEngine engine in results.Engines)
            {
                json.WriteStartObject();
                json.WriteString("name", engine.Name);
                json.WriteString("note", engine.Note);
                if (results.Ratio(engine.Name) is { } mean && engine != results.Engines[0]) json.WriteNumber("geomeanRatio", Math.Round(mean, 3));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("missing");
            foreach (string line in missing) json.WriteStringValue(line);
            json.WriteEndArray();
            json.WriteStartArray("kernels");
            foreach (int kernel in results.Kernels) WriteKernel(json, results, kernel);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static string Verdict(Results results) =>
        !results.RaxAgrees ? "diverged" : results.Ratio("unicorn") is null ? "inconclusive" : results.MeetsTargets ? "holds" : "violated";

    private static void WriteKernel(Utf8JsonWriter json, Results results, int kernel)
    {
        json.WriteStartObject();
        json.WriteString("name", KernelImage.Names[kernel]);
        json.WriteNumber("repetitions", results.Repetitions(kernel));
        json.WriteNumber("instructions", results.Instructions(kernel));
        json.WriteBoolean("raxAgrees", results.Answers(kernel).Distinct().Count() == 1);
        json.WriteString("rax", $"0x{results.Answers(kernel).First():x16}");
        json.WriteStartObject("mips");
        foreach (IEngine engine in results.Engines)
            if (results.Mips(kernel, engine.Name) is { } mips) json.WriteNumber(engine.Name, Math.Round(mips, 1));
        json.WriteEndObject();
        json.WriteStartObject("ratio");
        foreach (IEngine peer in results.Engines.Skip(1))
            if (results.Ratio(kernel, peer.Name) is { } ratio) json.WriteNumber(peer.Name, Math.Round(ratio, 3));
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
