using System.Globalization;
using Checking.Exploration;
using Model.PageTypes;

namespace Checking.PageTypes;

/// <summary>States and steps of the small model in words.</summary>
internal static class PageTypesText
{
    /// <summary>One line for each frame and each domain.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Facts(PageTypesView view) =>
    [
        .. view.Frames.Select((f, number) => KeyValuePair.Create($"mfn:{number}", Frame(f))),
        .. view.Frames.SelectMany((f, number) =>
            f.Entries.Select((entry, slot) => KeyValuePair.Create($"mfn:{number}[{slot}]", entry.ToString()))),
        .. view.Domains.Select((d, number) => KeyValuePair.Create($"d{number} root", d.Root is { } root ? $"mfn:{root}" : "none")),
        .. view.Domains.Select((d, number) => KeyValuePair.Create(
            $"d{number} tlb", d.Cached.Count == 0 ? "empty" : string.Join(", ", d.Cached.Select(f => $"mfn:{f} rw")))),
    ];

    /// <summary>The step that leads from one state to the next; with symmetry, to a renaming of the next.</summary>
    /// <exception cref="ArgumentException">no step does</exception>
    public static unsafe string Describe(PageTypesModel model, PageTypesSizes sizes, ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after)
    {
        using PageTypesHands hands = PageTypesHands.For(sizes);
        List<(ulong[] State, PageTypesAction Action)> successors = [];
        Recorder recorder = new(before.Length, successors);
        fixed (ulong* state = before) hands.Expand(state, ref recorder);

        ulong[] wanted = after.ToArray();
        foreach ((ulong[] state, PageTypesAction action) in successors)
        {
            if (state.SequenceEqual(wanted)) return Line(model, action, hands.View(before), hands.View(state));
        }

        foreach ((ulong[] state, PageTypesAction action) in successors)
        {
            ulong[] least = [.. state];
            fixed (ulong* words = least) hands.Canonicalize(words);
            if (least.SequenceEqual(wanted)) return Line(model, action, hands.View(before), hands.View(state)) + "   (and renamed)";
        }

        throw new ArgumentException("no step leads from the one state to the other");
    }

    /// <summary>What breaks the property in the state.</summary>
    public static string Violation(PageTypesProperty property, PageTypesView view) => property switch
    {
        PageTypesProperty.NoWritableTable => Cached(view, (d, f) => view.Frames[f] is { Use: PageUse.Table, Count: > 0 })
            is var (d, f) ? $"d{d} still caches mfn:{f} rw, now {Frame(view.Frames[f])}" : "",
        PageTypesProperty.CachedIsOwned => Cached(view, (d, f) => view.Frames[f].Owner != d)
            is var (d, f) ? $"d{d} still caches mfn:{f} rw, now {Frame(view.Frames[f])}" : "",
        PageTypesProperty.RootIsLive => Root(view),
        PageTypesProperty.EntryIsSound => Entry(view),
        PageTypesProperty.CountIsExact => Count(view),
        _ => throw new ArgumentOutOfRangeException(nameof(property), property, "there is no such property"),
    };

    private static string Frame(FrameOfView f)
    {
        string use = f.Use switch { PageUse.Table => "table", PageUse.Writable => "writable", _ => "unused" };
        string count = f.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" ×{f.Count}");
        return $"d{f.Owner}  {use}{count}{(f.IsPinned ? " pinned" : "")}";
    }

    private static string Line(PageTypesModel model, PageTypesAction action, PageTypesView before, PageTypesView after)
    {
        int frame = Changed(before.Frames, after.Frames, f => (f.Owner, f.IsPinned));
        int domain = Changed(before.Domains, after.Domains, d => (d.Root, string.Join(',', d.Cached)));
        int table = Changed(before.Frames, after.Frames, f => string.Join(',', f.Entries));
        string name = model.Actions[(int)action].Id;
        return action switch
        {
            PageTypesAction.Pin or PageTypesAction.Unpin => $"d{before.Frames[frame].Owner}  {name}  mfn:{frame}",
            PageTypesAction.Transfer => $"d{before.Frames[frame].Owner}  {name}  mfn:{frame} to d{after.Frames[frame].Owner}",
            PageTypesAction.SetRoot => $"d{Changed(before.Domains, after.Domains, d => d.Root)}  {name}  "
                + $"mfn:{after.Domains[Changed(before.Domains, after.Domains, d => d.Root)].Root}",
            PageTypesAction.Fill => $"d{domain}  {name}  mfn:{after.Domains[domain].Cached.Except(before.Domains[domain].Cached).First()} rw",
            PageTypesAction.Flush => $"d{domain}  {name}",
            PageTypesAction.Update => $"d{before.Frames[table].Owner}  {name}  {Slot(before.Frames[table], after.Frames[table], table)}",
            PageTypesAction.Store => $"d{before.Domains.Index().First(d => d.Item.Cached.Contains(table)).Index}  {name}  "
                + Slot(before.Frames[table], after.Frames[table], table),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "there is no such action"),
        };
    }

    private static string Slot(FrameOfView before, FrameOfView after, int table)
    {
        int slot = Changed(before.Entries, after.Entries, e => e);
        return $"mfn:{table}[{slot}] := {after.Entries[slot]}";
    }

    /// <summary>The first place at which two lists differ in what is asked for, or -1.</summary>
    private static int Changed<T, TPart>(IReadOnlyList<T> before, IReadOnlyList<T> after, Func<T, TPart> part) =>
        Enumerable.Range(0, before.Count)
            .Where(i => !EqualityComparer<TPart>.Default.Equals(part(before[i]), part(after[i])))
            .FirstOrDefault(-1);

    private static (int Domain, int Frame)? Cached(PageTypesView view, Func<int, int, bool> isWrong)
    {
        foreach ((int d, DomainOfView domain) in view.Domains.Index())
        {
            foreach (int f in domain.Cached)
            {
                if (isWrong(d, f)) return (d, f);
            }
        }

        return null;
    }

    private static string Root(PageTypesView view) =>
        view.Domains.Index()
            .Where(d => d.Item.Root is { } f && (view.Frames[f] is not { Use: PageUse.Table, Count: > 0 } || view.Frames[f].Owner != d.Index))
            .Select(d => $"d{d.Index} runs on mfn:{d.Item.Root}, which is {Frame(view.Frames[d.Item.Root!.Value])}")
            .FirstOrDefault("");

    private static string Entry(PageTypesView view) =>
        (from t in view.Frames.Index()
         where t.Item is { Use: PageUse.Table, Count: > 0 }
         from e in t.Item.Entries.Index()
         where e.Item.Target is not null
         let f = view.Frames[e.Item.Target!.Value]
         where f.Owner != t.Item.Owner || (e.Item.IsWritable && f is not { Use: PageUse.Writable, Count: > 0 })
         select $"mfn:{t.Index}[{e.Index}] says {e.Item} while mfn:{e.Item.Target} is {Frame(f)}").FirstOrDefault("");

    private static string Count(PageTypesView view) =>
        (from f in view.Frames.Index()
         let holders = f.Item.Use == PageUse.Table
             ? (f.Item.IsPinned ? 1 : 0) + view.Domains.Count(d => d.Root == f.Index)
             : view.Frames.Where(t => t is { Use: PageUse.Table, Count: > 0 })
                 .Sum(t => t.Entries.Count(e => e.Target == f.Index && e.IsWritable))
         where holders != f.Item.Count
         select $"mfn:{f.Index} is {Frame(f.Item)}, and {holders} hold it").FirstOrDefault("");

    /// <summary>Keeps successors as they come.</summary>
    private readonly unsafe struct Recorder(int words, List<(ulong[] State, PageTypesAction Action)> found) : ISink
    {
        public void Add(ulong* successor, int action) => found.Add((new Span<ulong>(successor, words).ToArray(), (PageTypesAction)action));

        public void Note(int action) => throw new InvalidOperationException("every step of this model changes the state");
    }
}
