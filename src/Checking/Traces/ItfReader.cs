using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Unicode;

namespace Checking.Traces;

/// <summary>Reads ITF JSON back. Bare integers are accepted, as the format's older text allowed them.</summary>
/// <remarks>The text may be anybody's: size, nesting, number of values and digits are bounded, and nothing is guessed.</remarks>
public static class ItfReader
{
    /// <summary>Bytes of a trace at most; the largest of ours have a tenth of it.</summary>
    public const int MostBytes = 32 << 20;

    /// <summary>Values of a trace at most, each member of a collection counted.</summary>
    public const int MostValues = 2_000_000;

    /// <summary>Digits of an integer at most.</summary>
    public const int MostDigits = 1000;

    /// <summary>One collection in another, at most.</summary>
    private const int MostNesting = 48;

    /// <exception cref="InvalidDataException">the text is not an ITF trace; the message is one sentence that says why</exception>
    public static ItfTrace Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MostBytes) throw new InvalidDataException($"it is larger than {MostBytes >> 20} MiB.");
        if (!Utf8.IsValid(utf8.Span)) throw new InvalidDataException("it is not UTF-8.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new() { MaxDepth = MostNesting, AllowDuplicateProperties = false });
            return new Reading().Trace(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, written as an escape, is JSON but no text.
            throw new InvalidDataException($"a string is no text: {e.Message}", e);
        }
    }

    /// <summary>One reading, which counts what it has read.</summary>
    private sealed class Reading
    {
        private int _values;

        public ItfTrace Trace(JsonElement root)
        {
            if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("a trace is a JSON object.");
            string[] variables = [.. Member(root, "vars").EnumerateArray().Select(Name)];
            if (variables.Distinct().Count() != variables.Length) throw new InvalidDataException("a variable is named twice.");

            ItfState[] states = [.. Member(root, "states").EnumerateArray().Select(s => State(s, variables))];
            return new(Meta(root), variables, states);
        }

        private ItfState State(JsonElement state, string[] variables)
        {
            if (state.ValueKind != JsonValueKind.Object) throw new InvalidDataException("a state is a JSON object.");
            Dictionary<string, ItfValue> values = [];
            foreach (string name in variables)
            {
                if (!state.TryGetProperty(name, out JsonElement value)) throw new InvalidDataException($"a state lacks the variable '{name}'.");
                values[name] = Value(value);
            }

            return new(Meta(state), values);
        }

        private ItfValue.Record Meta(JsonElement owner)
        {
            if (!owner.TryGetProperty("#meta", out JsonElement meta)) return new([]);
            return Value(meta) as ItfValue.Record ?? throw new InvalidDataException("'#meta' is not a record.");
        }

        private ItfValue Value(JsonElement value)
        {
            if (++_values > MostValues) throw new InvalidDataException($"it has more than {MostValues} values.");
            return value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number => Integer(value.GetRawText()),
                JsonValueKind.Array => new ItfValue.Sequence(Items(value)),
                JsonValueKind.Object => Object(value),
                _ => throw new InvalidDataException("a value is null."),
            };
        }

        private ItfValue Object(JsonElement value)
        {
            if (value.TryGetProperty("#bigint", out JsonElement digits)) return Digits(digits);
            if (value.TryGetProperty("#tup", out JsonElement tuple)) return new ItfValue.Tuple(Items(tuple));
            if (value.TryGetProperty("#set", out JsonElement set)) return new ItfValue.Set(Items(set));
            if (value.TryGetProperty("#map", out JsonElement map)) return new ItfValue.Map([.. Items(map).Select(Pair)]);
            return new ItfValue.Record([.. value.EnumerateObject().Select(p => (p.Name, Value(p.Value)))]);
        }

        private ItfValue[] Items(JsonElement items) =>
            items.ValueKind == JsonValueKind.Array
                ? [.. items.EnumerateArray().Select(Value)]
                : throw new InvalidDataException("a collection is not an array.");

        private static string Name(JsonElement name) =>
            name.ValueKind == JsonValueKind.String ? name.GetString()! : throw new InvalidDataException("the name of a variable is not a string.");

        private static JsonElement Member(JsonElement owner, string name) =>
            owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array
                ? value
                : throw new InvalidDataException($"it has no array '{name}'.");

        private static (ItfValue Key, ItfValue Value) Pair(ItfValue pair) =>
            pair is ItfValue.Sequence { Items: [ItfValue key, ItfValue value] }
                ? (key, value)
                : throw new InvalidDataException("a map holds something other than pairs.");

        private static ItfValue.Integer Digits(JsonElement digits) =>
            digits.ValueKind == JsonValueKind.String
                ? Integer(digits.GetString()!)
                : throw new InvalidDataException("a '#bigint' is not a string.");

        private static ItfValue.Integer Integer(string digits)
        {
            if (digits.Length > MostDigits) throw new InvalidDataException($"an integer has more than {MostDigits} digits.");
            return BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
                ? new(value)
                : throw new InvalidDataException("a number is not an integer.");
        }
    }
}
