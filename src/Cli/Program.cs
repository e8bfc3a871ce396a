using System.CommandLine;
using Cli;
using Cli.Check;
using Cli.Conform;
using Cli.Prove;
using Cli.Refute;
using Cli.Replay;
using Cli.Run;
using Cli.View;

RootCommand root = new("""
    Ringfence: a model of Xen's paravirtual isolation, explored, proved, attacked, and run beside a hypervisor that executes real
    guests.

    From a clone, ./ringfence test sets up and runs every test; ./ringfence bench engine, watch, explorer or conform
    measures; ./ringfence setup --with xen installs what conform --target xen needs.
    """)
{
    RunCommand.Create(),
    CheckCommand.Create(),
    ProveCommand.Create(),
    RefuteCommand.Create(),
    ConformCommand.Create(),
    ReplayCommand.Create(),
    ViewCommand.Create(),
};

// An argument that begins with @ is a file's name like any other; -seed is a mistake, not five options.
ParserConfiguration parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };
ParseResult parsed = root.Parse(args, parser);
if (parsed.Errors.Count > 0)
{
    string verb = parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ";
    string[] words = parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    Console.Error.WriteLine($"ringfence: {string.Join(' ', words).TrimEnd('.')} (see ./ringfence {verb}--help).");
    return ExitCode.Usage;
}

return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
