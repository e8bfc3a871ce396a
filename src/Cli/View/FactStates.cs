using System.Globalization;
using System.Text.RegularExpressions;
using Checking.Traces;

namespace Cli.View;

/// <summary>States of <c>check</c> and <c>refute</c>: facts in words, of which the page draws those that it understands.</summary>
internal static class FactStates
{
    /// <summary>A trace may be anybody's: no string of it makes a search of it long.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking;

    private static readonly Regex
        FrameName = new(@"^mfn:[0-9a-f]{1,16}$", Linear),
        Frames = new(@"mfn:[0-9a-f]{1,16}", Linear),
        FrameText = new(@"^(?<owner>\S+) +(?<type>\w+)(?: ×(?<count>\d+))?(?: \(last\))?(?<badges>[^,]*)(?:, (?<references>\d+) references?)?$", Linear),
        EntryName = new(@"^(?<table>mfn:[0-9a-f]{1,16})\[(?<slot>\d+)\]$", Linear),
        Target = new(@"^(?<to>mfn:[0-9a-f]{1,16}) (?<rights>rw|r-)(?<pse> PSE)?", Linear),
        BaseName = new(@"^(?<who>d\d+(?:\.v\d+)?)(?<user> user)? root$", Linear),
        CacheName = new(@"^(?<who>d\d+(?:\.v\d+)?) (?:caches|(?<writable>caches writable|tlb))$", Linear);

    public static StateView Of(ItfState state)
    {
        if (state.Values["facts"] is not ItfValue.Map facts) throw new InvalidDataException("'facts' is not a map.");

        Dictionary<string, FrameBox> frames = [];
        List<EntryEdge> entries = [];
        List<Base> bases = [];
        List<Translation> translations = [];
        Dictionary<string, string> others = [];
        foreach ((ItfValue key, ItfValue value) in facts.Pairs)
        {
            if (key is not ItfValue.Text { Value: var name } || value is not ItfValue.Text { Value: var says })
                throw new InvalidDataException("'facts' maps something other than strings to strings.");

            if (FrameName.IsMatch(name) && Frame(says) is { } frame) frames[name] = frame;
            else if (EntryName.Match(name) is { Success: true } slot && Target.Match(says) is { Success: true } target) entries.Add(Entry(slot, target, says));
            else if (BaseName.Match(name) is { Success: true } root && FrameName.IsMatch(says)) bases.Add(new(root.Groups["who"].Value, says, root.Groups["user"].Success));
            else if (CacheName.Match(name) is { Success: true } cache) translations.AddRange(Cached(cache, says));
            else if (says is not ("··" or "none" or "empty")) others[name] = says;
        }

        return new(frames, entries, bases, translations, others, new Dictionary<string, (string, string)>());
    }

    private static FrameBox? Frame(string says)
    {
        Match m = FrameText.Match(says);
        if (!m.Success) return null;
        long count = m.Groups["count"].Success ? Number(m.Groups["count"]) : 0;
        string[] badges = [.. m.Groups["badges"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        long? references = m.Groups["references"].Success ? Number(m.Groups["references"]) : null;
        return new(m.Groups["owner"].Value, m.Groups["type"].Value, count, references, badges.Contains("not") ? [string.Join(' ', badges)] : badges);
    }

    private static long Number(Group digits) =>
        long.TryParse(digits.Value, CultureInfo.InvariantCulture, out long value) ? value : throw new InvalidDataException("a count is no number of 64 bits.");

    private static EntryEdge Entry(Match slot, Match target, string says) =>
        int.TryParse(slot.Groups["slot"].Value, CultureInfo.InvariantCulture, out int number)
            ? new(slot.Groups["table"].Value, number, target.Groups["to"].Value, target.Groups["rights"].Value == "rw", target.Groups["pse"].Success, says)
            : throw new InvalidDataException("a slot is no number.");

    /// <summary>"mfn:3 mfn:4" of a vCPU, or "mfn:3 rw, mfn:4 rw" in the scope pagetypes.</summary>
    private static IEnumerable<Translation> Cached(Match cache, string says) =>
        from Match frame in Frames.Matches(says)
        select new Translation(cache.Groups["who"].Value, frame.Value, cache.Groups["writable"].Success);
}
