namespace Model.Programs;

/// <summary>Which clause decided an answer, and what fired on the way.</summary>
public sealed partial class Program
{
    private GuardSet _fired;

    /// <summary>The clause that refused the element at hand; null if none has.</summary>
    public string? Decided { get; private set; }

    /// <summary>The guards that fired since <see cref="ClearFired"/>.</summary>
    public GuardSet Fired => _fired;

    public void ClearFired() => _fired = default;

    /// <summary>A step that is no program's, but a processor's or the builder's, was taken or not.</summary>
    public bool Noted(bool taken, Step step)
    {
        if (taken) _fired.Add(step);
        return taken;
    }

    /// <summary>A program took a step.</summary>
    private void Fire(Step step)
    {
        _fired.Add(step);
        StepTaken?.Invoke(step);
    }

    /// <summary>The clause refuses, whatever others said before it.</summary>
    public Errno Because(string clause, Errno refused)
    {
        Decided = clause;
        return Through(clause, refused);
    }

    /// <summary>The clause hands on what another found, who is the one that decided; if the other names no clause, this one did.</summary>
    private Errno Through(string clause, Errno refused)
    {
        if (refused == Errno.ERESTART) return refused;

        _fired.AddClause(clause);
        if (refused != Errno.None) Decided ??= clause;
        return refused;
    }

    /// <summary>What was refused in one way is allowed in another.</summary>
    private Errno AllTheSame()
    {
        Decided = null;
        return Errno.None;
    }

    /// <summary>The clause was carried out.</summary>
    public Errno Granted(string clause)
    {
        _fired.AddClause(clause);
        return Errno.None;
    }

    /// <summary>A whole request was carried out as the clause says.</summary>
    public Answer Success(string clause)
    {
        Granted(clause);
        return Answer.Success;
    }

    /// <summary>The clause ended a request that answers how far it came.</summary>
    private Answer Counted(string clause, int done)
    {
        Granted(clause);
        return new(done, done);
    }
}
