
namespace Testing;

/// <summary>A property does not hold: the shrunk case, the reason, and the line that replays it.</summary>
/// <param name="cause">what the property threw for the shrunk case; its place in the code is told as ours</param>
public sealed class PropertyFailedException(string message, Exception? cause) : Exception(message), IAssertionException
{
    /// <summary>Of the cause, without what called the property.</summary>
    public override string? StackTrace => cause?.StackTrace is { } trace
        ? string.Join('\n', trace.Split('\n').TakeWhile(line => !line.Contains(" System.Reflection.", StringComparison.Ordinal)))
        : base.StackTrace;
}
