namespace Cli.Replay;

/// <summary>What the user asked of <c>ringfence replay</c>, as typed.</summary>
/// <param name="Trace">path of the trace</param>
/// <param name="On">"model", "simulator" or "xen"; null: what suits the trace</param>
/// <param name="Fault">the mistake to be made again, or <see cref="NoFault"/>; null: the trace's</param>
internal sealed record ReplayArguments(string Trace, string? On, string? Fault, bool IsJson, bool IsPlain)
{
    /// <summary>In the place of a fault: none, whatever the trace was found with.</summary>
    public const string NoFault = "none";

    public const string Model = "model", Simulator = "simulator", Xen = "xen";

    /// <summary>The fault to be made again, given the one that the trace was found with; null for none.</summary>
    /// <exception cref="UsageException">real Xen is as it is</exception>
    public string? FaultOr(string? recorded) => Fault switch
    {
        not (null or NoFault) when On == Xen => throw new UsageException($"--fault {Fault} cannot be made again in real Xen"),
        _ when On == Xen => null,
        null => recorded,
        NoFault => null,
        _ => Fault,
    };

    /// <summary>The command that does the same again.</summary>
    public string Again() => new CommandWords("replay", Trace).Add("--on", On).Add("--fault", Fault).ToString();
}
