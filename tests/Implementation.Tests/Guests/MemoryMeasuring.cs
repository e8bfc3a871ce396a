namespace Implementation.Tests.Guests;

/// <summary>Tests that measure the memory of the process run while no other test does.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
public sealed class MemoryMeasuring
{
    public const string Alone = "measures the process";
}
