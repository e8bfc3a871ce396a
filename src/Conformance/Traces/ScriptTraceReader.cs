using Checking.Traces;
using Conformance.Campaigns;
using Conformance.Faults;
using Conformance.Scripts;

namespace Conformance.Traces;

/// <summary>Reads what <see cref="ScriptTrace"/> wrote, or what somebody made of it.</summary>
public static class ScriptTraceReader
{
    /// <exception cref="InvalidDataException">something is missing, of another type or out of its bounds; the message is one sentence</exception>
    public static RecordedScript Read(ItfTrace trace)
    {
        ItfValue.Record ours = trace.Meta.Record("ringfence");
        if (ours.Text("kind") != ScriptTrace.Kind) throw new InvalidDataException($"it is no trace of {ScriptTrace.Kind}.");

        Script script = ScriptText.Read(ours.Text("script"));
        StepResult[] steps = [.. trace.States.Skip(1).Select(s => Result(s.Meta.Record("action")))];
        if (steps.Length > script.Acts.Count) throw new InvalidDataException($"it has {steps.Length} steps, and its script {script.Acts.Count}.");

        string fault = ours.Text("fault");
        if (fault.Length > 0 && !FaultCatalogue.Names.Contains(fault)) throw new InvalidDataException($"there is no fault '{fault}'.");
        string target = ours.Text("target");
        if (target != "simulator" && !target.StartsWith("xen ", StringComparison.Ordinal)) throw new InvalidDataException($"there is no target '{target}'.");
        return new(new(script, steps, Failure(ours, steps.Length)), new(target, fault.Length > 0 ? fault : null, ours.Unsigned("seed")));
    }

    private static StepResult Result(ItfValue.Record action) => new(Name<StepKind>(action, "kind"), action.Whole("value"));

    private static Failure? Failure(ItfValue.Record ours, int steps)
    {
        if (ours.Text("verdict") == "holds") return null;
        string witness = ours.Text("witness");
        return new(
            Name<FailureClass>(ours, "class"),
            (int)ours.Whole("violationStep", 1, Math.Max(1, steps)) - 1,
            ours.Text("property"),
            ours.Text("says"),
            ours.Text("expected"),
            ours.Text("got"),
            witness.Length > 0 ? witness : null)
        {
            IsGranted = ours.Find("granted") is not null && ours.Bool("granted"),
        };
    }

    /// <summary>A value of an enumeration by its name, and by nothing else.</summary>
    private static T Name<T>(ItfValue.Record record, string field) where T : struct, Enum
    {
        string name = record.Text(field);
        foreach (T value in Enum.GetValues<T>())
        {
            if ($"{value}" == name) return value;
        }

        throw new InvalidDataException($"'{field}' is none of {string.Join(", ", Enum.GetNames<T>())}.");
    }
}
