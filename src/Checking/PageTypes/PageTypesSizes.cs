using System.Globalization;

namespace Checking.PageTypes;

/// <summary>How large the small model is made for a search.</summary>
/// <param name="Frames">frames of the machine, 2 to 8; frame f is domain f modulo 2's at first</param>
/// <param name="Entries">entries of a frame, 1 to 8</param>
/// <param name="Movable">frames that may change their owner: the first so many</param>
/// <param name="FlushOnTypeChange">false plants the mistake that a frame changes its use and stays in the TLBs</param>
/// <exception cref="ArgumentOutOfRangeException">a size is out of its range; the message says which and what the range is</exception>
public sealed record PageTypesSizes(int Frames = 3, int Entries = 1, int Movable = PageTypesSizes.All, bool FlushOnTypeChange = true)
{
    /// <summary>In the place of a number of frames: all of them.</summary>
    public const int All = -1;

    /// <summary>The most frames, and the most entries of a frame, that a scope may have.</summary>
    public const int Most = 8;

    public int Frames { get; } = InRange(Frames, 2, Most, "frames");

    public int Entries { get; } = InRange(Entries, 1, Most, "entries");

    public int Movable { get; } = Movable == All ? Frames : InRange(Movable, 0, Frames, "movable frames");

    /// <summary>The scope in words that the command line takes.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"pagetypes --frames {Frames} --entries {Entries} --movable {Movable}{(FlushOnTypeChange ? "" : " --fault no-flush")}");

    private static int InRange(int value, int least, int most, string what) => value >= least && value <= most
        ? value
        : throw new ArgumentOutOfRangeException(null, $"pagetypes takes {least} to {most} {what}, not {value.ToString(CultureInfo.InvariantCulture)}");
}
