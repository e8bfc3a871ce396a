using System.CommandLine;

namespace Cli.Conform.Traps;

/// <summary>The syntax of <c>ringfence conform traps</c>.</summary>
internal static class TrapsCommand
{
    private static readonly Option<string> Target =
        CommonOptions.Choice("--target", "where to run: our hypervisor, with both kinds of guests, or real Xen 4.17", ConformArguments.Simulator, ConformArguments.Xen);

    private static readonly Option<int?> Crashes =
        CommonOptions.Number("--crashes", "traps that end the domain, each in a run of its own [default: all, on real Xen 3]", least: 0);

    private static readonly CommonOptions Common = new();

    public static Command Create()
    {
        Command command = new("traps", "Exceptions and interrupts of every vector, from kernel and user mode: what handlers see, against the model") { Target, Crashes };
        Common.AddTo(command);
        command.SetAction(parsed => TrapsVerb.Execute(new(parsed.GetValue(Target)!, parsed.GetValue(Crashes), Common.Read(parsed))));
        return command;
    }
}
