namespace Conformance.RealXen;

/// <summary>What a record of the guest's is about (guests/conform).</summary>
internal enum RecordKind : byte
{
    /// <summary>The stage is made: version, scripts.</summary>
    Hello = (byte)'H',

    /// <summary>A script begins: its number.</summary>
    Begin = (byte)'B',

    /// <summary>A script is over: its number, the hash of all that is compared.</summary>
    Result = (byte)'R',

    /// <summary>Verbose: an act begins: script, number.</summary>
    Turn = (byte)'T',

    /// <summary>Verbose: an act is over: script, number, how it came out, value.</summary>
    Step = (byte)'S',

    /// <summary>Verbose: what a member of a multicall answered: script, act, member, answer.</summary>
    Member = (byte)'M',

    /// <summary>Verbose: a word that a frame holds at the end: script, frame, slot, value.</summary>
    Word = (byte)'W',

    /// <summary>Verbose: what a frame is at the end: script, frame, facts, pseudo-physical number.</summary>
    Facts = (byte)'F',

    /// <summary>The stage could not be made anew after a script: its number.</summary>
    Spoilt = (byte)'N',

    /// <summary>All scripts have been played: their number.</summary>
    End = (byte)'E',
}

/// <summary>A line of the guest's that its checksum vouches for.</summary>
internal readonly record struct Record(RecordKind Kind, IReadOnlyList<ulong> Words);
