using Model.Domains.Concrete;

namespace Checking.Rings;

/// <summary>A relation of a small world: a bit of a packed state for each point.</summary>
/// <param name="cell">the words of the state</param>
/// <param name="at">the first bit</param>
/// <param name="sizes">words of each column</param>
internal sealed class RingBits(ulong[] cell, int at, int[] sizes) : Store
{
    private readonly int _second = sizes.Length > 1 ? sizes[1] : 1;
    private readonly int _third = sizes.Length > 2 ? sizes[2] : 1;

    public override bool Has(int a) => Read(a);

    public override bool Has(int a, int b) => Read(a * _second + b);

    public override bool Has(int a, int b, int c) => Read((a * _second + b) * _third + c);

    public override void Assign(bool value, int a) => Write(value, a);

    public override void Assign(bool value, int a, int b)
    {
        if (b != Any) Write(value, a * _second + b);
        else for (int each = 0; each < _second; each++) Write(value, a * _second + each);
    }

    public override void Assign(bool value, int a, int b, int c)
    {
        if (b == Any) throw new ArgumentException("no step says so", nameof(b));
        if (c != Any) Write(value, (a * _second + b) * _third + c);
        else for (int each = 0; each < _third; each++) Write(value, (a * _second + b) * _third + each);
    }

    public override int Count(int a, int b)
    {
        int count = 0;
        for (int i = a == Any ? 0 : a; i <= (a == Any ? sizes[0] - 1 : a); i++)
        {
            for (int k = b == Any ? 0 : b; k <= (b == Any ? _second - 1 : b); k++) count += Has(i, k) ? 1 : 0;
        }

        return count;
    }

    public override int Count(int a, int b, int c)
    {
        if (a == Any || b == Any || c != Any) throw new ArgumentException("no step asks so", nameof(c));

        int count = 0;
        for (int k = 0; k < _third; k++) count += Has(a, b, k) ? 1 : 0;
        return count;
    }

    public override Store Copy() => throw new NotSupportedException("a packed state is copied as a whole");

    private bool Read(int point) => (cell[at + point >> 6] >> (at + point) & 1) != 0;

    private void Write(bool value, int point)
    {
        ulong bit = 1UL << (at + point);
        if (value) cell[at + point >> 6] |= bit;
        else cell[at + point >> 6] &= ~bit;
    }
}
