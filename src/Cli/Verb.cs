using Checking;
using Conformance.Runs;

namespace Cli;

/// <summary>A name that there is not, or a value that says nothing here; the message is one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Carries out a verb; whatever goes wrong is an exit code and one sentence.</summary>
internal static class Verb
{
    /// <param name="name">the verb, as the user typed it</param>
    /// <param name="replay">the command that does the same again</param>
    public static int Execute(string name, string replay, Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (Exception e) when (e is UsageException or ScopeException)
        {
            Console.Error.WriteLine($"ringfence: {e.Message.TrimEnd('.')} (see ./ringfence {name} --help).");
            return ExitCode.Usage;
        }
        catch (BadInputException e)
        {
            Console.Error.WriteLine($"ringfence: {e.Message.TrimEnd('.')}.");
            return ExitCode.BadInput;
        }
        catch (Exception e) when (IsSolverMissing(e))
        {
            Console.Error.WriteLine("ringfence: needs libz3-4: run  sudo apt-get install --no-install-recommends libz3-4");
            return ExitCode.Usage;
        }
        catch (Exception e)
        {
            // Whatever arrives here is our mistake: say so, with what is needed to find it.
            Console.Error.WriteLine($"ringfence: internal error: {e.Message}");
            Console.Error.WriteLine($"  to reproduce: {replay}");
            Console.Error.WriteLine(e);
            return ExitCode.Internal;
        }
    }

    // The library is looked for when a type of the binding is first used, on whichever thread that is.
    private static bool IsSolverMissing(Exception e) =>
        e is DllNotFoundException
        || (e is AggregateException many && many.InnerExceptions.Any(IsSolverMissing))
        || (e.InnerException is { } inner && IsSolverMissing(inner));
}
