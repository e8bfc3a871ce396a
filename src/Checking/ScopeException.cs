namespace Checking;

/// <summary>A scope that cannot be explored; the message is one sentence that names the number and its bounds.</summary>
public sealed class ScopeException : Exception
{
    public ScopeException()
    {
    }

    public ScopeException(string message)
        : base(message)
    {
    }

    public ScopeException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
