using Model.Domains.Concrete;

namespace Conformance.Traps;

/// <summary>A relation of a world of a few words: the points that it holds of.</summary>
internal sealed class Points : Store
{
    private readonly HashSet<(int, int, int)> _points = [];

    public override bool Has(int a) => Has(a, 0, 0);

    public override bool Has(int a, int b) => Has(a, b, 0);

    public override bool Has(int a, int b, int c) => _points.Contains((a, b, c));

    public override void Assign(bool value, int a) => Assign(value, a, 0, 0);

    public override void Assign(bool value, int a, int b) => Assign(value, a, b, 0);

    public override void Assign(bool value, int a, int b, int c)
    {
        if (value) _points.Add((a, b, c));
        else _points.RemoveWhere(p => Is(a, p.Item1) && Is(b, p.Item2) && Is(c, p.Item3));
    }

    public override int Count(int a, int b) => Count(a, b, Any);

    public override int Count(int a, int b, int c) => _points.Count(p => Is(a, p.Item1) && Is(b, p.Item2) && Is(c, p.Item3));

    public override Store Copy() => throw new NotSupportedException("a case's world is used once");

    private static bool Is(int asked, int word) => asked == Any || asked == word;
}
