namespace Conformance.Simulation.Lowering;

/// <summary>Guest code of ours did not do what it was written to do: something took its memory or its handlers away.</summary>
internal sealed class LostException(string message) : Exception(message);
