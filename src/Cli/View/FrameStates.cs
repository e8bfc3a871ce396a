using Checking.Traces;

namespace Cli.View;

/// <summary>States of <c>run</c> and <c>conform</c>: frames and entries, and of scripts also roots, translations and differences.</summary>
internal static class FrameStates
{
    /// <summary>A frame that a trace of a run only mentions: it tells of the frames concerned.</summary>
    private static readonly FrameBox Unknown = new("?", "?", null, null, []);

    public static StateView Of(ItfState state)
    {
        ItfValue.Record all = new([.. state.Values.Select(v => (v.Key, v.Value))]);
        Dictionary<string, FrameBox> frames = [];
        foreach ((ItfValue name, ItfValue value) in all.Map("frames").Pairs) frames[Name(name)] = Frame(Record(value));

        EntryEdge[] entries = [.. all.Map("entries").Pairs.Select(e => Entry(e.Key, Record(e.Value)))];
        foreach (string name in entries.SelectMany(e => (string[])[e.From, e.To])) frames.TryAdd(name, Unknown);

        List<Base> bases = [];
        List<Translation> translations = [];
        Dictionary<string, string> others = [];
        if (all.Find("vcpus") is not null)
        {
            foreach ((ItfValue name, ItfValue value) in all.Map("vcpus").Pairs) Read(Name(name), Record(value), bases, translations, others);
        }

        Dictionary<string, (string, string)> differences = [];
        if (all.Find("differences") is not null)
        {
            foreach ((ItfValue what, ItfValue value) in all.Map("differences").Pairs) differences[Name(what)] = (Record(value).Text("model"), Record(value).Text("target"));
        }

        return new(frames, entries, bases, translations, others, differences);
    }

    private static FrameBox Frame(ItfValue.Record f)
    {
        string type = f.Text("type");
        bool isTable = type is ['L', >= '1' and <= '4'];
        string?[] badges = [f.Bool("pinned") ? "pinned" : null, isTable && !f.Bool("validated") ? "unvalidated" : null, f.Bool("partial") ? "partial" : null];
        return new(f.Text("owner"), type, f.Whole("typeCount", 0), f.Whole("references"), [.. badges.OfType<string>()]);
    }

    private static EntryEdge Entry(ItfValue key, ItfValue.Record value)
    {
        if (key is not ItfValue.Tuple { Items: [var table, ItfValue.Integer { Value: var slot }] } || slot < 0 || slot > 511)
            throw new InvalidDataException("an entry is not named by its table and its slot.");

        HashSet<string> bits = [.. value.Set("bits").OfType<ItfValue.Text>().Select(b => b.Value)];
        string to = Name(value.Find("target") ?? throw new InvalidDataException("'target' is missing."));
        bool isWritable = bits.Contains("Writable");
        string[] rest = [.. bits.Except(["Present", "Writable", "User", "Accessed", "Dirty"]).Order(StringComparer.Ordinal)];
        return new(Name(table), (int)slot, to, isWritable, bits.Contains("Superpage"), string.Join(' ', [to, isWritable ? "rw" : "r-", .. rest]));
    }

    private static void Read(string vcpu, ItfValue.Record v, List<Base> bases, List<Translation> translations, Dictionary<string, string> others)
    {
        if (v.Text("root") is { Length: > 0 } root) bases.Add(new(vcpu, root, IsUser: false));
        if (v.Text("userRoot") is { Length: > 0 } user) bases.Add(new(vcpu, user, IsUser: true));
        others[$"{vcpu} mode"] = v.Bool("inKernel") ? "kernel" : "user";
        HashSet<string> writable = [.. v.Set("cachedWrite").Select(Name)];
        translations.AddRange(v.Set("cachedRead").Select(Name).Where(f => !writable.Contains(f)).Select(f => new Translation(vcpu, f, IsWritable: false)));
        translations.AddRange(writable.Select(f => new Translation(vcpu, f, IsWritable: true)));
    }

    private static ItfValue.Record Record(ItfValue value) => value as ItfValue.Record ?? throw new InvalidDataException("a map holds something other than records.");

    /// <summary>Frames go by their number in a run, by their name on a stage.</summary>
    private static string Name(ItfValue value) => value switch
    {
        ItfValue.Text text => text.Value,
        ItfValue.Integer { Value: var n } when n >= 0 && n <= ulong.MaxValue => $"mfn:{(ulong)n:x}",
        _ => throw new InvalidDataException("a name is neither a string nor the number of a frame."),
    };
}
