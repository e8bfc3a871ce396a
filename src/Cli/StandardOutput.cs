using System.Text;
using Conformance.Runs;

namespace Cli;

/// <summary>Standard output, byte by byte as the guest writes it. The first failure is kept for the end of the run.</summary>
internal sealed class StandardOutput
{
    private readonly Stream _stream = Console.OpenStandardOutput();
    private IOException? _failure;

    /// <summary>Whether the last byte written was not a line feed.</summary>
    public bool IsMidLine { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _failure is not null) return;
        try
        {
            _stream.Write(bytes);
            _stream.Flush();
            IsMidLine = bytes[^1] != (byte)'\n';
        }
        catch (IOException e)
        {
            _failure = e; // Not thrown through the guest's run; see ThrowIfFailed.
        }
    }

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <exception cref="BadInputException">something could not be written</exception>
    public void ThrowIfFailed()
    {
        if (_failure is not null) throw new BadInputException("standard output", $"cannot be written: {_failure.Message.TrimEnd('.')}");
    }
}
