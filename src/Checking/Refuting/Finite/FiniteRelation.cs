using Model.Domains;

namespace Checking.Refuting.Finite;

/// <summary>A relation with a formula for every point.</summary>
internal readonly struct FiniteRelation(Cells cells) : IRelation<FiniteRelation, Formula, FiniteWord>
{
    public Cells Cells => cells;

    public Formula this[FiniteWord a] => cells.Read(a, default, default);

    public Formula this[FiniteWord a, FiniteWord b] => cells.Read(a, b, default);

    public Formula this[FiniteWord a, FiniteWord b, FiniteWord c] => cells.Read(a, b, c);

    public void Assign(Formula when, Formula value, FiniteWord a) => cells.Assign(when, value, a, null, null);

    public void Assign(Formula when, Formula value, FiniteWord a, FiniteWord? b) => cells.Assign(when, value, a, b, null);

    public void Assign(Formula when, Formula value, FiniteWord a, FiniteWord? b, FiniteWord? c) => cells.Assign(when, value, a, b, c);

    public Formula Empty(FiniteWord? a, FiniteWord? b) => Empty(a, b, null);

    public Formula Empty(FiniteWord? a, FiniteWord? b, FiniteWord? c)
    {
        Formula empty = Formula.Of(true);
        foreach ((Formula here, Formula cell) in cells.At(a, b, c)) empty &= !(here & cell);
        return empty;
    }

    public Formula Only(FiniteWord a, FiniteWord b)
    {
        Formula only = Formula.Of(true);
        for (int i = 0; i < cells.Rows; i++) only &= a.Is(i) | !cells.Read(FiniteWord.Literal(default, i), b, default);
        return only;
    }

    public Formula Only(FiniteWord a, FiniteWord b, FiniteWord c, FiniteRelation beside)
    {
        Formula only = Formula.Of(true);
        for (int i = 0; i < cells.Rows; i++)
        {
            for (int j = 0; j < cells.Columns; j++)
            {
                FiniteWord first = FiniteWord.Literal(default, i), second = FiniteWord.Literal(default, j);
                only &= (a.Is(i) & b.Is(j)) | !this[first, second, c] | beside[first, second, c];
            }
        }

        return only;
    }

    public Formula Within(FiniteRelation bound, FiniteWord a)
    {
        Formula within = Formula.Of(true);
        if (cells.IsOfOneColumn)
        {
            for (int i = 0; i < cells.Rows; i++)
            {
                FiniteWord only = FiniteWord.Literal(default, i);
                within &= !this[only] | bound[a, only];
            }

            return within;
        }

        for (int j = 0; j < cells.Columns; j++)
        {
            FiniteWord second = FiniteWord.Literal(default, j);
            within &= Empty(a, second, null) | bound[a, second];
        }

        return within;
    }

    public FiniteWord Count(FiniteWord? a, FiniteWord? b) => Count(a, b, null);

    public FiniteWord Count(FiniteWord? a, FiniteWord? b, FiniteWord? c)
    {
        FiniteWord count = FiniteWord.Literal(Sort.Count, 0);
        foreach ((Formula here, Formula cell) in cells.At(a, b, c))
        {
            if (!(here & cell).Never) count += FiniteWord.One(here & cell);
        }

        return count;
    }

    public FiniteRelation Copy() => new(cells.Copy());
}
