using Conformance.Scripts;
using FsCheck;

namespace Conformance.Generation;

/// <summary>For FsCheck's registration by type: scripts of the usual length on the smallest stage.</summary>
public static class ScriptArbitraries
{
    public static Arbitrary<Script> Scripts() => ScriptArbitrary.Of(new(new()));
}
