using Model.Domains;

namespace Model.Steps;

/// <summary>How a vCPU leaves a table half-way, and how it or another goes on with it.</summary>
public partial class Steps<Bit, Word, Relation, Map>
{
    /// <summary>Leave a table as it is, on the way into its type or out of it: from here on it holds itself there.</summary>
    [Clause("PT-23")]
    public virtual Bit Pause(Word v, Word f)
    {
        Bit may = (Establishes(v, f) | TakesDown(v, f))       // PT-23.a
                & !s.Stale[f];                                // PT-23.b

        s.Paused.Set(may, f);
        s.TakenType.Clear(may, v, f);
        s.LeavingType.Clear(may, v, f);
        Count(may, f);
        return may;
    }

    /// <summary>Go on establishing a table that was left half-way: what it held of itself is the vCPU's now.</summary>
    [Clause("PT-24")]
    public virtual Bit Resume(Word v, Word f)
    {
        Bit may = s.Taken[v, f]                               // PT-24.a
                & s.Paused[f];                                // PT-24.b

        s.Paused.Clear(may, f);
        s.TakenType.Set(may, v, f);
        Discount(may, f);
        return may;
    }

    /// <summary>Go on taking down a table that was left half-way.</summary>
    [Clause("PT-24")]
    public virtual Bit ResumeDevalidate(Word v, Word f)
    {
        Bit may = s.Leaving[v, f]                             // PT-24.a
                & s.Paused[f];                                // PT-24.b

        s.Paused.Clear(may, f);
        s.LeavingType.Set(may, v, f);
        Discount(may, f);
        return may;
    }
}
