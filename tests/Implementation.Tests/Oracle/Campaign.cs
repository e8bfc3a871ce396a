using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Iced.Intel;

namespace Implementation.Tests.Oracle;

/// <summary>Many cases of one seed, on the host and on another processor, over several threads.</summary>
internal sealed class Campaign(InstructionForms forms, ulong seed, Func<ISteppingProcessor> other)
{
    private const int MaxReports = 40;

    private readonly ConcurrentQueue<(string Instruction, string Report)> _differences = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly ConcurrentDictionary<int, long> _vectors = new();
    private readonly ConcurrentDictionary<Code, bool> _retired = new();
    private long _differing;

    /// <summary>How the host ended the cases, as a share of all of them, the most frequent first.</summary>
    internal string Endings => string.Join(", ", _vectors.OrderByDescending(ending => ending.Value).Select(ending =>
        string.Create(CultureInfo.InvariantCulture, $"{new Outcome(ending.Key).Name} {ending.Value}")));

    /// <summary>Encodings that retired in no case, so that the campaign says nothing of their effect.</summary>
    internal IEnumerable<Code> NeverRetired =>
        forms.Encodings.Select(encoding => encoding.Code).Where(code => !_retired.ContainsKey(code));

    /// <summary>Runs cases 0 .. <paramref name="count"/>-1 and describes the differences; empty when there is none.</summary>
    /// <exception cref="HostUnavailableException">the host cannot be traced here</exception>
    internal string Run(ulong count)
    {
        int workers = Math.Min(Environment.ProcessorCount, 4);
        // Threads of our own, since Linux ties a traced child to the thread that started it.
        Thread[] threads =
            [.. Enumerable.Range(0, workers).Select(worker => new Thread(() => Work((ulong)worker, (ulong)workers, count)))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();

        if (_errors.TryDequeue(out Exception? error))
            throw error is HostUnavailableException ? error : new InvalidOperationException("The campaign broke off.", error);

        return Describe();
    }

    private void Work(ulong first, ulong step, ulong count)
    {
        try
        {
            using var host = new HostProcessor();
            using ISteppingProcessor engine = other();
            var generator = new CaseGenerator(forms, seed);
            var comparison = new Comparison();
            byte[] pristine = PristineImage(seed);
            for (ulong index = first; index < count && _errors.IsEmpty; index += step)
            {
                OracleCase @case = generator.Create(index);
                if (comparison.Run(@case, pristine, host, engine, out Outcome outcome) is { } report) Report(@case, report);
                if (outcome == Outcome.Retired) _retired.TryAdd(@case.Instruction.Code, true);
                _vectors.AddOrUpdate(outcome.Vector, 1, (_, known) => known + 1);
            }
        }
        catch (Exception error)
        {
            _errors.Enqueue(error); // Rethrown by Run on the caller's thread.
        }
    }

    private void Report(OracleCase @case, string report)
    {
        Interlocked.Increment(ref _differing);
        string instruction = @case.IsInvalid ? "(bad)" : @case.Instruction.Code.ToString();
        if (_differences.All(known => known.Instruction != instruction) && _differences.Count < MaxReports)
            _differences.Enqueue((instruction, report));
    }

    private string Describe()
    {
        if (_differing == 0) return "";

        var text = new StringBuilder();
        text.AppendLine(
            CultureInfo.InvariantCulture,
            $"seed {seed}: {_differing} cases differ; one for each instruction, at most {MaxReports}:");
        foreach ((string instruction, string report) in _differences.OrderBy(known => known.Instruction, StringComparer.Ordinal))
            text.AppendLine().AppendLine(instruction).Append(report);
        return text.ToString();
    }

    /// <summary>The memory that every case of a seed starts from.</summary>
    internal static byte[] PristineImage(ulong seed)
    {
        byte[] image = new byte[OracleMemory.ImageBytes];
        var dice = new Dice(~seed);
        dice.Fill(image);
        return image;
    }
}
