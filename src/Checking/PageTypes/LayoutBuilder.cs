using System.Numerics;
using Model.Domains;

namespace Checking.PageTypes;

/// <summary>Gives the relations and maps of a state their bits, one after the other, from the ranges that are declared.</summary>
/// <param name="size">how many words of a sort there are</param>
internal sealed class LayoutBuilder(Func<Sort, int> size)
{
    /// <summary>Bits given so far.</summary>
    public int Bits { get; private set; }

    /// <summary>A map whose values are 0 to <paramref name="most"/>.</summary>
    public ulong Map(Sort from, int most) => Add(size(from), 1, Width(most));

    /// <summary>A relation of one column: a bit for each word.</summary>
    public ulong Relation(Sort a) => Add(size(a), 1, 1);

    /// <summary>A relation of two columns: a bit for each pair.</summary>
    public ulong Relation(Sort a, Sort b) => Add(size(a), size(b), 1);

    /// <summary>A relation in which the last column has at most one word for the others: its number, or none.</summary>
    public ulong AtMostOne(Sort a, Sort last) => Add(size(a), 1, Width(size(last)), atMostOne: true);

    /// <inheritdoc cref="AtMostOne(Sort, Sort)"/>
    public ulong AtMostOne(Sort a, Sort b, Sort last) => Add(size(a), size(b), Width(size(last)), atMostOne: true);

    private static int Width(int most) => BitOperations.Log2((uint)most) + 1;

    private ulong Add(int rows, int columns, int width, bool atMostOne = false)
    {
        ulong field = Field.Of(Bits, rows, columns, width, atMostOne);
        Bits += rows * columns * width;
        return field;
    }
}
