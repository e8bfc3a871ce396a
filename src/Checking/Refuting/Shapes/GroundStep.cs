namespace Checking.Refuting.Shapes;

/// <summary>A micro-step with its arguments.</summary>
internal sealed record GroundStep(StepForm Form, int[] Arguments)
{
    public override string ToString() => $"{Form}({string.Join(", ", Arguments)})";
}

/// <summary>The steps that a request took when it was performed once.</summary>
/// <param name="Arguments">of the request</param>
internal sealed record Sighting(string RequestKind, IReadOnlyList<(Kind Kind, int Value)> Arguments, IReadOnlyList<GroundStep> Steps);
