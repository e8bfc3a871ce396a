namespace Model;

/// <summary>A request that has been begun and that others may come in between (<see cref="Machine.Begin"/>).</summary>
public sealed class Underway
{
    internal Underway(Request request, Func<bool>? preempt) => (Request, Preempt) = (request, preempt);

    public Request Request { get; internal set; }

    /// <summary>What the request answers; null while it is interrupted.</summary>
    public Answer? Answer { get; internal set; }

    /// <summary>Asked at each chance to interrupt the request; true interrupts it.</summary>
    internal Func<bool>? Preempt { get; }

    /// <summary>Elements of a batch that are done.</summary>
    internal int Done { get; set; }

    /// <summary>The answer of the element at hand, where only what it left is still to be taken apart.</summary>
    internal Errno? Outcome { get; set; }

    /// <summary>The clause that refused the element at hand; null if none has.</summary>
    internal string? Decided { get; set; }

    /// <summary>Tables to be taken apart; its vCPU holds a reference to each.</summary>
    internal List<int> Left { get; } = [];

    /// <summary>As new.</summary>
    internal Underway For(Request request)
    {
        (Request, Answer, Done, Outcome, Decided) = (request, null, 0, null, null);
        return this;
    }
}
