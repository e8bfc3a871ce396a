namespace Checking.Exploration;

/// <summary>A checkpoint cannot be resumed from; the message is one sentence that names the file and says why.</summary>
public sealed class CheckpointException(string message, Exception? cause = null) : Exception(message, cause);
