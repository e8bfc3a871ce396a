using System.Diagnostics;

namespace Cli;

/// <summary>Progress on standard error, for what takes more than two seconds.</summary>
internal sealed class ProgressLine
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), BetweenLines = TimeSpan.FromSeconds(10);

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private TimeSpan _next = Patience;
    private int _shown;

    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Shows the line if it is time to; a terminal's line is written over, elsewhere lines are rare.</summary>
    public void Show(string line)
    {
        if (_clock.Elapsed < _next) return;
        if (_isTerminal)
        {
            string fitting = line[..Math.Min(line.Length, Math.Max(1, Width() - 1))];
            Console.Error.Write($"\r{fitting.PadRight(_shown)}");
            _shown = fitting.Length;
            _next = _clock.Elapsed + TimeSpan.FromMilliseconds(200);
        }
        else
        {
            Console.Error.WriteLine(line);
            _next = _clock.Elapsed + BetweenLines;
        }
    }

    /// <summary>Removes the line, so that what follows stands alone.</summary>
    public void Clear()
    {
        if (_shown > 0) Console.Error.Write($"\r{new string(' ', _shown)}\r");
        _shown = 0;
    }

    private static int Width()
    {
        try
        {
            return Console.WindowWidth is > 0 and int width ? width : 80;
        }
        catch (IOException)
        {
            return 80; // A terminal that does not tell its size.
        }
    }
}
