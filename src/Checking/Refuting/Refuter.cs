using System.Diagnostics;
using Checking.Memory;
using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model.Faults;

namespace Checking.Refuting;

/// <summary>Searches for a shortest attack: a sequence of requests after which an invariant is broken.</summary>
/// <remarks>
/// The requests are left open, and so are the states between them, as formulas that come from the model's one text; Z3 fills
/// them in. What it finds is an attack only when the concrete model, asked the same, breaks too.
/// </remarks>
public static class Refuter
{
    /// <exception cref="ScopeException">a size is out of its bounds, or the grain is not that of requests</exception>
    public static Refutation Run(RefutationRequest request)
    {
        if (request.Sizes.Grain != Grain.Hypercall) throw new ScopeException("refute counts requests: --grain step is for check.");

        using Process process = Process.GetCurrentProcess();
        TimeSpan begun = process.TotalProcessorTime;
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(request.Cancel);
        limit.CancelAfter(request.Timeout);
        Fault? fault = request.Fault is null ? null : Fault.Find(request.Fault)
            ?? throw new ArgumentException($"there is no fault {request.Fault}", nameof(request));
        Search search = new(new(request.Sizes, fault), request);
        (Attack? attack, int completeTo, bool isStopped) = search.Run(limit.Token);

        process.Refresh();
        return new()
        {
            Scope = request.Sizes.ToString(),
            Attack = attack,
            CompleteTo = completeTo,
            Unfinished = !isStopped ? null : request.Cancel.IsCancellationRequested ? "interrupted" : $"the time of {request.Timeout.TotalSeconds:0} s is over",
            Bounds = search.Bounds,
            CpuSeconds = (process.TotalProcessorTime - begun).TotalSeconds,
        };
    }
}
