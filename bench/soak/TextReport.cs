using System.Globalization;

namespace SoakBench;

/// <summary>The result for people.</summary>
internal static class TextReport
{
    public static void Write(Totals[] kinds, Memory warm, Memory end)
    {
        Console.WriteLine();
        Row("", "pv64", "pv32pae", "both");
        Sum("domains", t => t.Domains);
        Sum("instructions", t => t.Instructions);
        Share("  random code, straight", Place.RandomCode);
        Share("  random code, in loops", Place.Loop);
        Share("  repeated strings", Place.Repetition);
        Share("  data as code", Place.Elsewhere);
        Share("  the guest's own", Place.Own);
        Row("  straight, by looks", "", "", $"{kinds.Sum(t => t.Share(Place.RandomCode) * t.Instructions):N0}");
        Sum("  per domain", t => t.Instructions / Math.Max(1, t.Domains));
        Sum("frames for kernels", t => t.FramesPushed);
        Sum("hypercalls", t => t.Hypercalls);
        Sum("entry updates", t => t.EntryUpdates);
        Sum("MOV to CR3", t => t.RootsEmulated);
        Sum("TLB fills", t => t.TlbFills);
        Sum("mode switches", t => t.ModeSwitches);
        Sum("values compared", t => t.Comparisons);
        Sum("invariants checked", t => t.InvariantChecks);
        Named("exceptions by vector", t => t.Exceptions);
        Named("hypercalls by name", t => t.Calls);
        Named("ends", t => t.Ends);
        Console.WriteLine($"\nmemory   warm: {warm}\n          end: {end}");

        void Sum(string name, Func<Totals, ulong> value) =>
            Row(name, $"{value(kinds[0]):N0}", $"{value(kinds[1]):N0}", name == "  per domain" ? "" : $"{value(kinds[0]) + value(kinds[1]):N0}");

        void Share(string name, Place place) => Row(name, $"{kinds[0].Share(place):P1}", $"{kinds[1].Share(place):P1}", "");

        void Named(string title, Func<Totals, IDictionary<string, ulong>> counts)
        {
            Console.WriteLine($"\n{title}");
            foreach (string name in kinds.SelectMany(t => counts(t).Keys).Distinct().OrderByDescending(n => kinds.Max(t => Of(counts(t), n))))
                Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0,14:N0}{1,14:N0}  {2}", Of(counts(kinds[0]), name), Of(counts(kinds[1]), name), name));
        }
    }

    private static ulong Of(IDictionary<string, ulong> counts, string name) => counts.TryGetValue(name, out ulong count) ? count : 0;

    private static void Row(string name, string first, string second, string both) => Console.WriteLine($"{name,-26}{first,16}{second,16}{both,18}");
}
