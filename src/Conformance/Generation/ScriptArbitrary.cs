using Conformance.Scripts;
using FsCheck;
using FsCheck.Fluent;

namespace Conformance.Generation;

/// <summary>Scripts for properties of FsCheck: made by <see cref="ScriptGenerator"/>, shrunk by <see cref="ScriptShrinker"/>.</summary>
public static class ScriptArbitrary
{
    public static Arbitrary<Script> Of(GeneratorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Gen<Script> scripts =
            from high in Gen.Choose(int.MinValue, int.MaxValue)
            from low in Gen.Choose(int.MinValue, int.MaxValue)
            select ScriptGenerator.Make(options, ((ulong)(uint)high << 32) | (uint)low);
        return Arb.From(scripts, ScriptShrinker.Smaller);
    }
}
