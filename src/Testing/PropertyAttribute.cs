using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Testing;

/// <summary>A test that must hold whatever its parameters are: FsCheck makes them up, and a case that fails is shrunk before it is told.</summary>
/// <remarks>
/// The method may return nothing, <see langword="bool"/>, <see cref="FsCheck.Property"/>, or a task of these. Scripts are made for a stage of
/// <see cref="Domains"/> and <see cref="Vcpus"/>; other parameters by FsCheck's own arbitraries and those of <see cref="Arbitrary"/>.
/// RINGFENCE_REPLAY stands above <see cref="Replay"/>, RINGFENCE_SEED too, and RINGFENCE_CASES above <see cref="MaxTest"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(PropertyDiscoverer))]
public sealed class PropertyAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber)
{
    /// <summary>Cases that must hold.</summary>
    public int MaxTest { get; set; } = 100;

    /// <summary>FsCheck's size of the last case; the first has size 1. A script has at most so many acts.</summary>
    public int EndSize { get; set; } = 100;

    /// <summary>
    /// <c>seed</c> or <c>seed,gamma</c>: where the cases begin. <c>seed,gamma,size</c>, as a failure tells it: the one case to play. Null: cases
    /// are others each time.
    /// </summary>
    public string? Replay { get; set; }

    /// <summary>Types whose public static members make arbitraries; the last that makes one of a type counts.</summary>
    public Type[] Arbitrary { get; set; } = [];

    /// <summary>Domains on the stage of a script, 1..4.</summary>
    public int Domains { get; set; } = 1;

    /// <summary>vCPUs of each domain, 1..4.</summary>
    public int Vcpus { get; set; } = 1;
}
