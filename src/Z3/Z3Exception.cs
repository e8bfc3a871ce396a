namespace Microsoft.Z3;

/// <summary>What Z3 says went wrong, in its own words.</summary>
public class Z3Exception : Exception
{
    public Z3Exception()
    {
    }

    public Z3Exception(string message) : base(message)
    {
    }

    public Z3Exception(string message, Exception inner) : base(message, inner)
    {
    }
}
