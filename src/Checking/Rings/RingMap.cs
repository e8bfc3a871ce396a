using Model.Domains;
using Model.Domains.Concrete;

namespace Checking.Rings;

/// <summary>A function of a small world: some bits of a packed state for each word.</summary>
/// <param name="cell">the words of the state</param>
/// <param name="at">the first bit</param>
/// <param name="width">bits of a value</param>
internal readonly struct RingMap(ulong[] cell, int at, int width) : IMap<RingMap, Truth, Number>
{
    public Number this[Number word]
    {
        get
        {
            int value = 0;
            for (int k = 0, bit = at + (word.Value * width); k < width; k++, bit++) value |= (int)(cell[bit >> 6] >> bit & 1) << k;
            return value;
        }
    }

    public void Assign(Truth when, Number word, Number value)
    {
        if (!when) return;

        for (int k = 0, bit = at + (word.Value * width); k < width; k++, bit++)
            cell[bit >> 6] = cell[bit >> 6] & ~(1UL << bit) | (ulong)(value.Value >> k & 1) << bit;
    }

    public RingMap Copy() => throw new NotSupportedException("a packed state is copied as a whole");
}
