using System.CommandLine;
using Cli;

Command run = RunCommand.Create();
RootCommand root = new("""
    Ringfence: a model of Xen's paravirtual isolation, run beside a hypervisor that executes real guests.

    From a clone, ./ringfence test sets up and runs every test; ./ringfence bench engine and ./ringfence bench watch measure
    the processor and the watch.
    """)
{
    run,
};

// An argument that begins with @ is a file's name like any other; -seed is a mistake, not five options.
ParserConfiguration parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
ParseResult parsed = root.Parse(args, parser);
if (parsed.Errors.Count > 0)
{
    bool isRun = parsed.CommandResult.Command == run;
    string[] words = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    Console.Error.WriteLine($"ringfence: {string.Join(' ', words).TrimEnd('.')} (see ./ringfence {(isRun ? "run " : "")}--help).");
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
