namespace Microsoft.Z3;

/// <summary>A way to transform or solve a problem.</summary>
public class Tactic : Z3Object
{
    internal Tactic(Context context, nint handle) : base(context, Counted.Tactic, handle)
    {
    }

    /// <summary>A solver that works by this tactic.</summary>
    public Solver Solver => Context.MkSolver(this);
}
