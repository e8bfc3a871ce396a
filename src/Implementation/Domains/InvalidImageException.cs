namespace Implementation.Domains;

/// <summary>A guest image, or what came with it, cannot become a domain. The message is one sentence that says why.</summary>
public sealed class InvalidImageException : Exception
{
    public InvalidImageException()
    {
    }

    public InvalidImageException(string message) : base(message)
    {
    }

    public InvalidImageException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
