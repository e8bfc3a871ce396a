namespace Checking.Proving.Solving;

/// <summary>Workers with a solver each, who share out the work; what they find does not depend on how many they are.</summary>
internal static class Team
{
    /// <summary>Does something with every item and a worker's solver; the results stand in the order of the items.</summary>
    /// <param name="unasked">the result of an item that the run was interrupted before</param>
    public static TResult[] Do<T, TResult>(
        IReadOnlyList<T> items, ProofRequest request, Func<Desk, T, TResult> work, Func<T, TResult> unasked)
    {
        TResult[] results = [.. items.Select(unasked)];
        int next = -1;
        List<Exception> errors = [];

        void Work()
        {
            try
            {
                using Desk desk = new(request.Timeout, request.Cancel);
                for (int k; (k = Interlocked.Increment(ref next)) < items.Count && !request.Cancel.IsCancellationRequested;)
                    results[k] = work(desk, items[k]);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                lock (errors) errors.Add(error);
            }
        }

        Thread[] threads = [.. Enumerable.Range(0, Math.Clamp(request.Workers, 1, items.Count + 1)).Select(_ => new Thread(Work, StackSize))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        return errors.Count == 0 ? results : throw new AggregateException(errors);
    }

    /// <summary>Bytes; formulas are deep.</summary>
    private const int StackSize = 64 << 20;
}
