namespace Checking;

/// <summary>How the command line spells what a scope is made of.</summary>
public static class Spelling
{
    /// <summary>The name in small letters: "pv32", "traps".</summary>
    public static string Of<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
