using Checking.Memory;
using Checking.PageTypes;
using Checking.Rings;
using Model.Rings.Faults;

namespace Cli.Check;

/// <summary>The scopes that can be explored, by name.</summary>
internal static class Scopes
{
    public const string Default = "memory";

    private const string NoFlush = "no-flush";

    public static IReadOnlyList<string> Names { get; } = ["memory", "pagetypes", "rings"];

    /// <exception cref="UsageException">there is no such scope, size, fault</exception>
    public static ISearch Make(CheckArguments arguments) => (arguments.Scope ?? Default) switch
    {
        "memory" => Memory(arguments),
        "pagetypes" => PageTypes(arguments),
        "rings" => Rings(arguments),
        string other => throw new UsageException($"There is no scope '{other}'; there are {string.Join(", ", Names)}"),
    };

    /// <summary>The model of a scope, to be replayed on.</summary>
    /// <exception cref="UsageException">there is no such scope, size, fault</exception>
    public static object ModelOf(CheckArguments arguments) => Make(arguments) switch
    {
        Search<MemoryModel, MemoryExpander> memory => memory.Model,
        Search<PageTypesModel, PageTypesExpander> pageTypes => pageTypes.Model,
        Search<RingModel, RingExpander> rings => rings.Model,
        var other => throw new InvalidOperationException($"nobody knows {other}"),
    };

    private static Search<MemoryModel, MemoryExpander> Memory(CheckArguments arguments)
    {
        Refuse("memory", ("--movable", arguments.Movable), ("--part", arguments.Part));
        Model.Faults.Fault? fault = Faults.Find(arguments.Fault);
        MemorySizes usual = MemorySizes.ThatShow(fault);
        MemorySizes sizes = new(
            arguments.Frames ?? usual.Frames,
            arguments.Entries ?? usual.Entries,
            arguments.Domains ?? usual.Domains,
            arguments.Levels ?? usual.Levels,
            arguments.Vcpus ?? usual.Vcpus,
            arguments.Grain ?? usual.Grain,
            arguments.Kind ?? usual.Kind);
        MemoryModel model = new(sizes, fault);
        return new(model, Covered(sizes.Grain), "larger sizes: ./ringfence prove; grants, event channels, descriptor contents (check rings), timing: docs/what-is-not-covered.md");
    }

    private static Search<PageTypesModel, PageTypesExpander> PageTypes(CheckArguments arguments)
    {
        Refuse(
            "pagetypes",
            ("--domains", arguments.Domains), ("--levels", arguments.Levels), ("--vcpus", arguments.Vcpus), ("--grain", arguments.Grain),
            ("--part", arguments.Part), ("--kind", arguments.Kind));
        if (arguments.Fault is { } fault && fault != NoFlush)
            throw new UsageException($"There is no fault '{fault}' in the scope pagetypes; there is {NoFlush}");
        return new(
            new(Sizes(arguments)),
            "every order of the steps by which two domains change types, entries and owners of their frames",
            "larger sizes, and Xen: this is a small model for comparing explorers (spec/08-pagetypes.md)");
    }

    private static Search<RingModel, RingExpander> Rings(CheckArguments arguments)
    {
        Refuse(
            "rings",
            ("--frames", arguments.Frames), ("--entries", arguments.Entries), ("--movable", arguments.Movable), ("--domains", arguments.Domains),
            ("--levels", arguments.Levels), ("--vcpus", arguments.Vcpus), ("--grain", arguments.Grain));
        RingFault? fault = Faults.FindOfRings(arguments.Fault);
        RingScope usual = fault is null ? new() : RingScope.ThatShows(fault);
        RingScope scope = new(arguments.Part ?? usual.Part, arguments.Kind ?? usual.Kind);
        return new(
            new(scope, fault),
            "every order of what a guest's instructions and Xen do about " + scope.Part switch
            {
                RingPart.Segments => "descriptors, selectors, gates and levels, for one vCPU",
                RingPart.Traps => "entries, trap tables, bounce frames, hypercalls and returns, for one vCPU",
                _ => "ports, facilities, breakpoints, bases and floating point, for two vCPUs on one processor",
            },
            "larger sizes, and all parts together: ./ringfence prove; contents of frames, speculation: docs/what-is-not-covered.md");
    }

    private static PageTypesSizes Sizes(CheckArguments arguments)
    {
        PageTypesSizes usual = new();
        try
        {
            return new(
                arguments.Frames ?? usual.Frames, arguments.Entries ?? usual.Entries, arguments.Movable ?? PageTypesSizes.All, arguments.Fault is null);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static string Covered(Grain grain) =>
        "every sequence of hypercalls, each " + (grain == Grain.Hypercall ? "at once" : "step by step in every interleaving") +
        ", with every argument that the sizes allow; domains after the first ask less";

    private static void Refuse(string scope, params ReadOnlySpan<(string Option, object? Value)> others)
    {
        foreach ((string option, object? value) in others)
        {
            if (value is not null) throw new UsageException($"{option} says nothing of the scope {scope}");
        }
    }
}
