namespace Checking.Traces;

/// <summary>Where a trace comes from, so that it can be replayed and found again.</summary>
/// <param name="Verb">the verb that found it: "check" or "refute"</param>
/// <param name="Scope">what was searched, as the command line takes it</param>
/// <param name="Fault">the mistake that was made again; null for none</param>
/// <param name="Again">the command that finds it again</param>
public sealed record TraceOrigin(string Verb, string Scope, string? Fault, string Again);
