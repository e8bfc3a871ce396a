namespace Checking.Exploration;

/// <summary>Writing where there may be no room.</summary>
internal static class Writing
{
    /// <summary>Writes all bytes where the file stands.</summary>
    /// <exception cref="IOException">the disk is full, or the file would be larger than the system allows (EFBIG)</exception>
    public static void WriteOrFail(this Stream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (ArgumentOutOfRangeException tooLarge)
        {
            // That is how the framework reports EFBIG.
            throw new IOException("the file would be larger than the system allows", tooLarge);
        }
    }
}
