using Model.Rings.Faults;

namespace Checking.Rings;

/// <summary>What of ring protection a search is about. What the others change stays as it was built.</summary>
public enum RingPart
{
    /// <summary>Descriptors, selectors, gates, far transfers and returns.</summary>
    Segments,

    /// <summary>Entries, trap tables, bounce frames, hypercalls and returns.</summary>
    Traps,

    /// <summary>What of a processor is one vCPU's alone: facilities, breakpoints, bases, floating point, ports.</summary>
    Registers,
}

/// <summary>Which guests a search is about.</summary>
public enum RingKind
{
    /// <summary>A 64-bit guest: kernel and programs at level 3.</summary>
    Pv64,

    /// <summary>A 32-bit guest: its kernel at level 1.</summary>
    Pv32,
}

/// <summary>What a search of ring protection covers.</summary>
public sealed record RingScope(RingPart Part = RingPart.Segments, RingKind Kind = RingKind.Pv32)
{
    /// <summary>A scope in which a mistake shows.</summary>
    public static RingScope ThatShows(RingFault fault) => fault.Id switch
    {
        "XSA-7" => new(RingPart.Traps, RingKind.Pv64),
        "XSA-193" or "XSA-267" or "XSA-293" or "XSA-444" or "open-ports" => new(RingPart.Registers),
        "XSA-298" or "open-gate" or "long-code" => new(),
        _ => new(RingPart.Traps),
    };

    /// <summary>The part has something of which the invariant speaks.</summary>
    public bool Shows(string invariant) => invariant switch
    {
        "I-CDESC" => Part == RingPart.Segments,
        "I-CINJ" => Part == RingPart.Traps,
        "I-BPROG" => this is { Part: RingPart.Traps, Kind: RingKind.Pv32 },
        "I-CDR" or "I-CCR4" => Part == RingPart.Registers,
        _ => true,
    };

    /// <summary>The scope in words that the command line takes.</summary>
    public override string ToString() => $"rings --part {Name(Part)} --kind {Name(Kind)}";

    /// <summary>A part or kind as the command line spells it.</summary>
    public static string Name<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((letter, k) => k == 0 ? char.ToLowerInvariant(letter) : letter));
}
