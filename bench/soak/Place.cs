namespace SoakBench;

/// <summary>Where a guest was when it was looked at.</summary>
internal enum Place
{
    /// <summary>In random code that it was not in at the look before.</summary>
    RandomCode,

    /// <summary>In the same 64 bytes of random code as at the look before: a loop.</summary>
    Loop,

    /// <summary>At a repeated string instruction, each iteration of which counts as an instruction.</summary>
    Repetition,

    /// <summary>In the guest's own code, which sets the stage and picks where to go on.</summary>
    Own,

    /// <summary>Anywhere else: data, page tables and stacks as code.</summary>
    Elsewhere,
}
