using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Cli.Check;
using Cli.Conform;
using Cli.Conform.Traps;
using Cli.Prove;
using Cli.Refute;
using Cli.Replay;
using Cli.Run;

namespace Cli;

/// <summary>The answers of <c>--format json</c>; docs/*-json.md describe them field by field.</summary>
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(CheckAnswer))]
[JsonSerializable(typeof(ProofAnswer))]
[JsonSerializable(typeof(RefutationAnswer))]
[JsonSerializable(typeof(ReplayAnswer))]
[JsonSerializable(typeof(ConformAnswer))]
[JsonSerializable(typeof(TrapsAnswer))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true)]
internal sealed partial class AnswerJson : JsonSerializerContext
{
    /// <summary>The answer goes to a terminal or a program, never into HTML: "grub>" stays legible.</summary>
    private static AnswerJson Legible => new(new(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Text<T>(T answer) => JsonSerializer.Serialize(answer, (JsonTypeInfo<T>)Legible.GetTypeInfo(typeof(T))!) + "\n";

    /// <summary>The name of a value as answers have it: <c>maxStates</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
