namespace Checking.Refuting.Finite;

/// <summary>The points of a relation of up to three columns.</summary>
internal sealed class Cells(Course course, int rows, int columns, int layers)
{
    private Formula[] _points = new Formula[rows * columns * layers];
    private (FiniteWord A, FiniteWord? B, FiniteWord? C, Formula Value)? _last;

    public int Rows => rows;

    public int Columns => columns;

    /// <summary>The relation may be one of a single column: a second of one word makes no difference.</summary>
    public bool IsOfOneColumn => columns == 1 && layers == 1;

    /// <summary>Point by point, the last column running fastest.</summary>
    public Span<Formula> Points => _points;

    public Formula Read(FiniteWord a, FiniteWord b, FiniteWord c)
    {
        if (_last is { } last && a.IsIdentical(last.A) && Fits(b, last.B, columns) && Fits(c, last.C, layers)) return last.Value;

        Formula value = Formula.Of(false);
        foreach ((Formula here, Formula cell) in At(a, columns == 1 ? null : b, layers == 1 ? null : c)) value |= here & cell;
        return value;
    }

    public void Assign(Formula condition, Formula value, FiniteWord a, FiniteWord? b, FiniteWord? c)
    {
        Formula when = course.Condition(condition);
        if (when.Never) return;

        foreach ((int i, Formula isA) in Of(a, rows))
        {
            foreach ((int j, Formula isB) in Of(b, columns))
            {
                Formula inRow = when & isA & isB;
                foreach ((int k, Formula isC) in Of(c, layers))
                {
                    ref Formula point = ref _points[(((i * columns) + j) * layers) + k];
                    point = Formula.If(inRow & isC, value, point);
                }
            }
        }

        _last = when.Always ? (a, b, c, value) : null;
    }

    /// <summary>Every point that the words may stand for: when they do, and what is there.</summary>
    public IEnumerable<(Formula Here, Formula Cell)> At(FiniteWord? a, FiniteWord? b, FiniteWord? c)
    {
        foreach ((int i, Formula isA) in Of(a, rows))
        {
            foreach ((int j, Formula isB) in Of(b, columns))
            {
                foreach ((int k, Formula isC) in Of(c, layers))
                {
                    Formula cell = _points[(((i * columns) + j) * layers) + k];
                    if (!cell.Never) yield return (isA & isB & isC, cell);
                }
            }
        }
    }

    /// <summary>Sets every point.</summary>
    /// <returns>itself</returns>
    public Cells Fill(Func<int, int, int, Formula> point)
    {
        for (int at = 0; at < _points.Length; at++) _points[at] = point(at / layers / columns, at / layers % columns, at % layers);
        return this;
    }

    /// <summary>Changes every point.</summary>
    /// <returns>itself</returns>
    public Cells Each(Func<int, Formula, Formula> change)
    {
        for (int at = 0; at < _points.Length; at++) _points[at] = change(at, _points[at]);
        _last = null;
        return this;
    }

    public Cells Copy() => new(course, rows, columns, layers) { _points = (Formula[])_points.Clone(), _last = _last };

    private static bool Fits(FiniteWord asked, FiniteWord? assigned, int size) =>
        size == 1 || assigned is null || asked.IsIdentical(assigned.Value);

    private static (int, Formula)[] Of(FiniteWord? word, int size)
    {
        if (word is { } given) return [.. given.Cases.ToArray().Where(c => c.Value >= 0 && c.Value < size)];

        var every = new (int, Formula)[size];
        for (int i = 0; i < size; i++) every[i] = (i, Formula.Of(true));
        return every;
    }
}
