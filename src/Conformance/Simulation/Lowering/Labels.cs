using Iced.Intel;

namespace Conformance.Simulation.Lowering;

/// <summary>Labels of code that is being written.</summary>
internal static class Labels
{
    /// <summary>A label of the place that has been reached.</summary>
    public static Label Here(this Assembler code)
    {
        Label label = code.CreateLabel();
        code.Label(ref label);
        return label;
    }
}
