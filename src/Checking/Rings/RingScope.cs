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

/// <summary>What a search of ring protection covers.</summary>
public sealed record RingScope(RingPart Part = RingPart.Segments, GuestKind Kind = GuestKind.Pv32)
{
    /// <summary>A scope in which a mistake shows.</summary>
    public static RingScope ThatShows(RingFault fault) => fault.Id switch
    {
        "XSA-7" => new(RingPart.Traps, GuestKind.Pv64),
        "XSA-193" or "XSA-267" or "XSA-293" or "XSA-444" or "open-ports" => new(RingPart.Registers),
        "XSA-298" or "open-gate" or "long-code" => new(),
        _ => new(RingPart.Traps),
    };

    /// <summary>The part has something of which the invariant speaks.</summary>
    public bool Shows(string invariant) => invariant switch
    {
        "I-CDESC" => Part == RingPart.Segments,
        "I-CINJ" => Part == RingPart.Traps,
        "I-BPROG" => this is { Part: RingPart.Traps, Kind: GuestKind.Pv32 },
        "I-CDR" or "I-CCR4" => Part == RingPart.Registers,
        _ => true,
    };

    /// <summary>The scope in words that the command line takes.</summary>
    public override string ToString() => $"rings --part {Spelling.Of(Part)} --kind {Spelling.Of(Kind)}";
}
