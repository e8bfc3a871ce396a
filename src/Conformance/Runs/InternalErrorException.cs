namespace Conformance.Runs;

/// <summary>A mistake of our own. No guest and no input excuses it.</summary>
public sealed class InternalErrorException(string message, Exception cause) : Exception(message, cause);
