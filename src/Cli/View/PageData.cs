using System.Text.Json.Nodes;

namespace Cli.View;

/// <summary>A trace as the page's script reads it: of each step what it changed, so that a long trace stays small.</summary>
internal static class PageData
{
    public static JsonObject Of(TraceView trace)
    {
        JsonArray steps = [];
        Sections before = new();
        foreach (StepView step in trace.Steps)
        {
            Sections now = SectionsOf(step.State);
            JsonObject json = now.Since(before);
            json["actor"] = step.Actor;
            json["text"] = step.Text;
            if (step.Answer is { } answer) json["answer"] = answer;
            if (step.Expected is { } expected) json["expected"] = expected;
            if (step.Witness is { } witness) json["witness"] = witness;
            steps.Add((JsonNode)json);
            before = now;
        }

        return new()
        {
            ["kind"] = trace.Kind,
            ["verdict"] = trace.Verdict,
            ["property"] = trace.Property,
            ["says"] = trace.Says,
            ["scenario"] = trace.Scenario,
            ["again"] = trace.Again,
            ["target"] = trace.Target,
            ["steps"] = steps,
        };
    }

    private static Sections SectionsOf(StateView state)
    {
        Sections all = new();
        foreach ((string name, FrameBox f) in state.Frames)
        {
            all.Put("frames", name, new()
            {
                ["owner"] = f.Owner,
                ["type"] = f.Type,
                ["count"] = f.Count,
                ["references"] = f.References,
                ["badges"] = new JsonArray([.. f.Badges.Select(b => (JsonNode)b)]),
                ["guarded"] = f.IsGuarded,
            });
        }

        foreach (EntryEdge e in state.Entries)
            all.Put("entries", e.Name, new() { ["from"] = e.From, ["to"] = e.To, ["rw"] = e.IsWritable, ["says"] = e.Says });
        foreach (Base b in state.Bases)
            all.Put("bases", b.IsUser ? $"{b.Vcpu} user root" : $"{b.Vcpu} root", new() { ["vcpu"] = b.Vcpu, ["to"] = b.Root, ["says"] = b.Root });
        Rights rights = Rights.Of(state);
        foreach (Translation t in state.Translations)
        {
            bool isStale = rights.Stale.Contains(t);
            string says = $"{t.Frame} {(t.IsWritable ? "rw" : "r-")}{(isStale ? ", stale" : "")}";
            all.Put("translations", $"{t.Vcpu} caches {t.Frame} {(t.IsWritable ? "rw" : "r-")}", new()
            {
                ["vcpu"] = t.Vcpu,
                ["to"] = t.Frame,
                ["rw"] = t.IsWritable,
                ["stale"] = isStale,
                ["says"] = says,
            });
        }

        foreach (((string domain, string frame), Right r) in rights.All)
        {
            all.Put("rights", $"{domain} {frame}", new()
            {
                ["domain"] = domain,
                ["frame"] = frame,
                ["write"] = r.IsWrite,
                ["bad"] = r.IsBad,
                ["path"] = new JsonArray([.. r.Path.Select(p => (JsonNode)p)]),
                ["edges"] = new JsonArray([.. r.Edges.Select(p => (JsonNode)p)]),
            });
        }

        foreach ((string name, string value) in state.Others) all.Put("others", name, new() { ["says"] = value });
        foreach ((string what, (string model, string target)) in state.Differences)
            all.Put("differences", what, new() { ["model"] = model, ["target"] = target });
        return all;
    }

    /// <summary>A state: in each section, by name, what is there.</summary>
    private sealed class Sections
    {
        private readonly Dictionary<(string Section, string Key), JsonObject> _all = [];

        public void Put(string section, string key, JsonObject value) => _all[(section, key)] = value;

        /// <summary>What has come or changed (<c>set</c>), and what is no more (<c>gone</c>).</summary>
        public JsonObject Since(Sections before)
        {
            JsonObject set = [], gone = [];
            foreach (((string section, string key), JsonObject value) in _all)
            {
                if (before._all.TryGetValue((section, key), out JsonObject? old) && JsonNode.DeepEquals(old, value)) continue;
                Part<JsonObject>(set, section)[key] = value.DeepClone();
            }

            foreach ((string section, string key) in before._all.Keys.Where(k => !_all.ContainsKey(k))) Part<JsonArray>(gone, section).Add(key);
            return new() { ["set"] = set, ["gone"] = gone };
        }

        private static T Part<T>(JsonObject of, string section) where T : JsonNode
        {
            if (of[section] is T there) return there;
            JsonNode made = typeof(T) == typeof(JsonArray) ? new JsonArray() : new JsonObject();
            of[section] = made;
            return (T)made;
        }
    }
}
