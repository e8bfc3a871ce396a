namespace Checking.PageTypes;

/// <summary>Where the bits of a relation or map are in a packed state, and how many each point has, as one number.</summary>
/// <remarks>
/// One number in a static readonly variable is a constant to the just-in-time compiler, and so is whatever is taken out of it. The
/// point (a, b) begins at bit "at + a * pitch + b * width"; "at" is the lowest 16 bits, and the constants say where the others are.
/// </remarks>
internal static class Field
{
    public const int Pitch = 16, Width = 32, Rows = 40, Columns = 48, AtMostOne = 56;

    /// <param name="at">the first bit</param>
    /// <param name="rows">values of the first column</param>
    /// <param name="columns">values of the second column; 1 if there is none</param>
    /// <param name="width">bits of a point</param>
    /// <param name="atMostOne">a point keeps the one word that is related to it, not a bit</param>
    public static ulong Of(int at, int rows, int columns, int width, bool atMostOne) =>
        (ushort)at
        | ((ulong)(ushort)(columns * width) << Pitch)
        | ((ulong)(byte)width << Width)
        | ((ulong)(byte)rows << Rows)
        | ((ulong)(byte)columns << Columns)
        | ((atMostOne ? 1UL : 0) << AtMostOne);
}
