using Conformance.Campaigns;

namespace Conformance.Traces;

/// <summary>What a script was played on.</summary>
/// <param name="Target">"simulator", "xen 4.17"</param>
/// <param name="Fault">the mistake that was made again in it; null for none</param>
/// <param name="Seed">of the campaign that found it</param>
public sealed record ScriptOrigin(string Target, string? Fault, ulong Seed);

/// <summary>A script that was kept, with everything that playing it again needs and ought to show.</summary>
/// <param name="Result">how it went: the results of the acts, and the failure</param>
public sealed record RecordedScript(CaseResult Result, ScriptOrigin Origin);
