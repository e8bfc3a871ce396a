using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Checking.Traces;

/// <summary>Reads ITF JSON back. Bare integers are accepted, as the format's older text allowed them.</summary>
public static class ItfReader
{
    /// <exception cref="InvalidDataException">the text is not an ITF trace; the message is one sentence that says why</exception>
    public static ItfTrace Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8);
            return ReadTrace(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"a value is of another kind than the format says: {e.Message}", e);
        }
    }

    private static ItfTrace ReadTrace(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new InvalidDataException("a trace is a JSON object.");
        string[] variables = [.. Member(root, "vars", JsonValueKind.Array).EnumerateArray().Select(v => v.GetString() ?? "")];
        ItfState[] states = [.. Member(root, "states", JsonValueKind.Array).EnumerateArray().Select(s => ReadState(s, variables))];
        return new(ReadMeta(root), variables, states);
    }

    private static ItfState ReadState(JsonElement state, string[] variables)
    {
        if (state.ValueKind != JsonValueKind.Object) throw new InvalidDataException("a state is a JSON object.");
        Dictionary<string, ItfValue> values = [];
        foreach (string name in variables)
        {
            if (!state.TryGetProperty(name, out JsonElement value)) throw new InvalidDataException($"a state lacks the variable '{name}'.");
            values[name] = ReadValue(value);
        }

        return new(ReadMeta(state), values);
    }

    private static ItfValue.Record ReadMeta(JsonElement owner) =>
        owner.TryGetProperty("#meta", out JsonElement meta) && ReadValue(meta) is ItfValue.Record record ? record : new([]);

    private static JsonElement Member(JsonElement owner, string name, JsonValueKind kind) =>
        owner.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw new InvalidDataException($"the trace has no {kind.ToString().ToLowerInvariant()} '{name}'.");

    private static ItfValue ReadValue(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => ReadInteger(value.GetRawText()),
        JsonValueKind.Array => new ItfValue.Sequence(ReadItems(value)),
        JsonValueKind.Object => ReadObject(value),
        _ => throw new InvalidDataException($"a value is {value.ValueKind}."),
    };

    private static ItfValue ReadObject(JsonElement value)
    {
        if (value.TryGetProperty("#bigint", out JsonElement digits)) return ReadInteger(digits.GetString() ?? "");
        if (value.TryGetProperty("#tup", out JsonElement tuple)) return new ItfValue.Tuple(ReadItems(tuple));
        if (value.TryGetProperty("#set", out JsonElement set)) return new ItfValue.Set(ReadItems(set));
        if (value.TryGetProperty("#map", out JsonElement map)) return new ItfValue.Map([.. ReadItems(map).Select(ReadPair)]);
        return new ItfValue.Record([.. value.EnumerateObject().Select(p => (p.Name, ReadValue(p.Value)))]);
    }

    private static (ItfValue Key, ItfValue Value) ReadPair(ItfValue pair) =>
        pair is ItfValue.Sequence { Items: [ItfValue key, ItfValue value] }
            ? (key, value)
            : throw new InvalidDataException("a map holds something other than pairs.");

    private static ItfValue[] ReadItems(JsonElement items) =>
        items.ValueKind == JsonValueKind.Array
            ? [.. items.EnumerateArray().Select(ReadValue)]
            : throw new InvalidDataException("a collection is not an array.");

    private static ItfValue.Integer ReadInteger(string digits) =>
        BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? new(value)
            : throw new InvalidDataException($"'{digits}' is not an integer.");
}
