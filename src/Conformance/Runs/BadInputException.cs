namespace Conformance.Runs;

/// <summary>What the user gave cannot be used. The message is one sentence: the input, then what is wrong with it.</summary>
public sealed class BadInputException(string input, string reason) : Exception($"{input}: {reason}");
