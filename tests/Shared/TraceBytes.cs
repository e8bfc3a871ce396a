using Checking.Traces;

namespace Tests;

/// <summary>A trace as its file has it.</summary>
internal static class TraceBytes
{
    public static byte[] Of(ItfTrace trace)
    {
        using MemoryStream to = new();
        ItfWriter.Write(to, trace);
        return to.ToArray();
    }
}
