namespace Checking.PageTypes;

/// <summary>Where the bits of a relation or map are in a packed state, and how many each point has.</summary>
/// <remarks>
/// One word, kept in a static readonly variable, so that the just-in-time compiler knows all of it as constants. The point
/// (a, b) is <see cref="Width"/> bits wide and begins at bit <c>At + a * Pitch + b * Width</c>.
/// </remarks>
internal readonly struct Field(ulong code)
{
    private const int PitchAt = 16, WidthAt = 32, RowsAt = 40, ColumnsAt = 48;

    /// <param name="at">the first bit</param>
    /// <param name="rows">values of the first column</param>
    /// <param name="columns">values of the second column; 1 if there is none</param>
    /// <param name="width">bits of a point</param>
    public static ulong Code(int at, int rows, int columns, int width) =>
        (ushort)at
        | ((ulong)(ushort)(columns * width) << PitchAt)
        | ((ulong)(byte)width << WidthAt)
        | ((ulong)(byte)rows << RowsAt)
        | ((ulong)(byte)columns << ColumnsAt);

    public int At => (ushort)code;

    /// <summary>From a value of the first column to the next, in bits.</summary>
    public int Pitch => (ushort)(code >> PitchAt);

    public int Width => (byte)(code >> WidthAt);

    public int Rows => (byte)(code >> RowsAt);

    public int Columns => (byte)(code >> ColumnsAt);

    public int Bits => Rows * Pitch;
}
