using System.Text;
using Conformance.Runs;

namespace Cli.Run;

/// <summary>Keys from the terminal or from a pipe.</summary>
internal static class StandardInput
{
    private static readonly TimeSpan PatienceWithPerson = TimeSpan.FromMinutes(10), PatienceWithProgram = TimeSpan.FromSeconds(10);

    public static bool IsTerminal => !Console.IsInputRedirected;

    public static KeySource Keys()
    {
        if (IsTerminal) return new LiveKeys(ReadKey, PatienceWithPerson);
        Stream input = Console.OpenStandardInput();
        return new LiveKeys(() => ReadPiece(input), PatienceWithProgram);
    }

    private static ReadOnlyMemory<byte> ReadPiece(Stream input)
    {
        byte[] piece = new byte[4096];
        try
        {
            return piece.AsMemory(0, input.Read(piece));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default; // A standard input that cannot be read, such as a closed one, has no keys.
        }
    }

    private static ReadOnlyMemory<byte> ReadKey()
    {
        try
        {
            return Bytes(Console.ReadKey(intercept: true));
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            return default; // The terminal went away.
        }
    }

    /// <summary>What a VT100 sends for a key.</summary>
    private static byte[] Bytes(ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.UpArrow => "\e[A"u8.ToArray(),
        ConsoleKey.DownArrow => "\e[B"u8.ToArray(),
        ConsoleKey.RightArrow => "\e[C"u8.ToArray(),
        ConsoleKey.LeftArrow => "\e[D"u8.ToArray(),
        ConsoleKey.Home => "\e[H"u8.ToArray(),
        ConsoleKey.End => "\e[F"u8.ToArray(),
        ConsoleKey.Delete => "\e[3~"u8.ToArray(),
        ConsoleKey.Enter => "\r"u8.ToArray(),
        ConsoleKey.Backspace => [0x7f],
        _ when key.KeyChar != 0 => Encoding.UTF8.GetBytes([key.KeyChar]),
        _ => [0], // A key without a code of its own; NUL is nothing to a guest.
    };
}
