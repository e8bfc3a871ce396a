using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model;
using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Tests.Refuting;

/// <summary>States of which nothing is true but what their stores can keep: whatever holds by luck.</summary>
internal static class RandomStates
{
    /// <summary>Flags of entries that are worth a trial.</summary>
    private static readonly int[] Flags =
    [
        0,
        (int)(EntryFlags.Present | EntryFlags.User),
        (int)(EntryFlags.Present | EntryFlags.User | EntryFlags.Writable),
        (int)(EntryFlags.Present | EntryFlags.Superpage | EntryFlags.GuestKernel | EntryFlags.Dirty),
        (int)(EntryFlags.Present | EntryFlags.Writable | EntryFlags.Cache | EntryFlags.Disallowed | EntryFlags.Global),
        (int)(EntryFlags.Present | EntryFlags.NoExecute | EntryFlags.Accessed | EntryFlags.Available),
    ];

    public static ConcreteState Next(Universe universe, int[] domains, int mostCounted, Random random)
    {
        int usualType = random.Next(7), usualDomain = domains[random.Next(domains.Length)];
        return new(
            (name, sorts) => Filled(Blank<Facts>(universe, name), universe, sorts, random.Next(5, 95), random),
            (name, from, to) => Filled(Blank<Function>(universe, name), universe.Size(from), () => to switch
            {
                Sort.Domain when from == Sort.Vcpu => domains[random.Next(2)],
                Sort.Domain => random.Next(2) == 0 ? usualDomain : domains[random.Next(domains.Length)],
                Sort.Type => random.Next(2) == 0 ? usualType : random.Next(7),
                _ => random.Next(mostCounted + 1),
            }));
    }

    public static int[] Values(Kind kind, Universe universe, int[] domains) => kind switch
    {
        Kind.Frame => [.. Enumerable.Range(0, universe.Frames)],
        Kind.Slot => [.. Enumerable.Range(0, universe.Slots)],
        Kind.Vcpu => [.. Enumerable.Range(0, universe.Vcpus)],
        Kind.Type => [.. Enumerable.Range(0, 7)],
        Kind.Truth => [0, 1],
        Kind.Domain => domains,
        _ => Flags,
    };

    public static int Argument(Kind kind, Universe universe, int[] domains, Random random)
    {
        int[] values = Values(kind, universe, domains);
        return values[random.Next(values.Length)];
    }

    public static Part Blank<Part>(Universe universe, string name) =>
        OpenState.Concrete<Part>(universe.Blank(new(universe.Frames)), name);

    private static Facts Filled(Facts relation, Universe universe, Sort[] sorts, int percent, Random random)
    {
        int rows = universe.Size(sorts[0]);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < (sorts.Length > 1 ? universe.Size(sorts[1]) : 1); j++)
            {
                if (random.Next(100) >= percent) continue;

                if (sorts.Length == 3) relation.Assign(true, true, i, j, random.Next(universe.Frames));
                else if (sorts.Length == 2) relation.Assign(true, true, i, j);
                else relation.Assign(true, true, i);
            }
        }

        return relation;
    }

    private static Function Filled(Function function, int size, Func<int> value)
    {
        for (int at = 0; at < size; at++) function.Assign(true, at, value());
        return function;
    }
}
