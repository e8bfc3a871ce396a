using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Checking.Traces;

/// <summary>Writes a trace as ITF JSON (Apalache ADR-015, revision of 2025-11-11).</summary>
public static class ItfWriter
{
    private static readonly JsonWriterOptions Layout = new()
    {
        Indented = true,
        IndentSize = 1,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // Traces are read by people too, and are never put into HTML.
    };

    /// <summary>Writes <paramref name="trace"/> to <paramref name="to"/>, UTF-8.</summary>
    public static void Write(Stream to, ItfTrace trace)
    {
        using Utf8JsonWriter json = new(to, Layout);
        json.WriteStartObject();
        json.WritePropertyName("#meta");
        WriteValue(json, trace.Meta, isMeta: true);

        json.WriteStartArray("vars");
        foreach (string name in trace.Variables) json.WriteStringValue(name);
        json.WriteEndArray();

        json.WriteStartArray("states");
        foreach (ItfState state in trace.States)
        {
            json.WriteStartObject();
            json.WritePropertyName("#meta");
            WriteValue(json, state.Meta, isMeta: true);
            foreach (string name in trace.Variables)
            {
                json.WritePropertyName(name);
                WriteValue(json, state.Values[name], isMeta: false);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, ItfValue value, bool isMeta)
    {
        switch (value)
        {
            case ItfValue.Bool b:
                json.WriteBooleanValue(b.Value);
                break;
            case ItfValue.Text t:
                json.WriteStringValue(t.Value);
                break;
            case ItfValue.Integer i when isMeta:
                json.WriteRawValue(i.Value.ToString(CultureInfo.InvariantCulture));
                break;
            case ItfValue.Integer i:
                json.WriteStartObject();
                json.WriteString("#bigint", i.Value.ToString(CultureInfo.InvariantCulture));
                json.WriteEndObject();
                break;
            case ItfValue.Sequence s:
                WriteItems(json, s.Items, isMeta);
                break;
            case ItfValue.Tuple t:
                WriteTagged(json, "#tup", t.Items, isMeta);
                break;
            case ItfValue.Set s:
                WriteTagged(json, "#set", s.Items, isMeta);
                break;
            case ItfValue.Map m:
                WriteTagged(json, "#map", [.. m.Pairs.Select(p => new ItfValue.Sequence([p.Key, p.Value]))], isMeta);
                break;
            case ItfValue.Record r:
                json.WriteStartObject();
                foreach ((string field, ItfValue inner) in r.Fields)
                {
                    json.WritePropertyName(field);
                    WriteValue(json, inner, isMeta);
                }

                json.WriteEndObject();
                break;
        }
    }

    private static void WriteTagged(Utf8JsonWriter json, string tag, IReadOnlyList<ItfValue> items, bool isMeta)
    {
        json.WriteStartObject();
        json.WritePropertyName(tag);
        WriteItems(json, items, isMeta);
        json.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter json, IReadOnlyList<ItfValue> items, bool isMeta)
    {
        json.WriteStartArray();
        foreach (ItfValue item in items) WriteValue(json, item, isMeta);
        json.WriteEndArray();
    }
}
