using System.Text.RegularExpressions;
using Checking.Traces;

namespace Cli.View;

/// <summary>Makes one view of the traces of all verbs, which have different variables.</summary>
internal static class ViewMapping
{
    /// <summary>A trace may be anybody's: no string of it makes a search of it long.</summary>
    private const RegexOptions Linear = RegexOptions.NonBacktracking;

    private static readonly Regex
        Action = new(@"^(?:(?<actor>d\d+(?:\.v\d+)?)\s+)?(?<text>.*?)(?:\s+(?<answer>= -?\d.*))?$", Linear | RegexOptions.Singleline);

    /// <exception cref="InvalidDataException">the trace lacks what the view needs; the message is one sentence</exception>
    public static TraceView Of(ItfTrace trace)
    {
        ItfValue.Record ours = trace.Meta.Record("ringfence");
        Func<ItfState, StateView> state =
            trace.Variables.Contains("facts") ? FactStates.Of
            : trace.Variables.Contains("frames") && trace.Variables.Contains("entries") ? FrameStates.Of
            : throw new InvalidDataException("it has neither 'facts' nor 'frames' and 'entries'.");

        string description = trace.Meta.TextOrNull("description") ?? "", property = ours.Text("property");
        return new(
            ours.Text("kind"),
            ours.Text("verdict"),
            property,
            description.StartsWith($"{property}: ", StringComparison.Ordinal) ? description[(property.Length + 2)..] : description,
            ours.Text("scenario"),
            ours.TextOrNull("replay") ?? "",
            ours.TextOrNull("target"),
            [.. trace.States.Select((s, i) => Step(s, i == 0, state(s)))]);
    }

    private static StepView Step(ItfState step, bool isFirst, StateView state)
    {
        string? witness = step.Meta.TextOrNull("witness") is { Length: > 0 } text ? text : null;
        if (isFirst) return new("", "boot", null, null, witness, state);
        if (step.Meta.Find("action") is not null) return Acted(step.Meta.Record("action"), witness, state);

        string action = Picks(step).Text("arguments");
        Match parts = Action.Match(action);
        string? answer = parts.Groups["answer"] is { Success: true, Value: var value } ? value : null;
        return new(parts.Groups["actor"].Value, parts.Groups["text"].Value, answer, null, witness, state);
    }

    private static StepView Acted(ItfValue.Record action, string? witness, StateView state)
    {
        string? answer = action.TextOrNull("result") ?? (action.Find("rc") is null ? null : $"= {action.Whole("rc")}");
        string? expected = action.Find("expected") switch
        {
            null => null,
            ItfValue.Text text => text.Value,
            _ => $"= {action.Whole("expected")}",
        };
        return new(action.Text("vcpu"), $"{action.Text("call")} {action.Text("args")}".TrimEnd(), answer, expected, witness, state);
    }

    private static ItfValue.Record Picks(ItfState step) =>
        step.Values.GetValueOrDefault("mbt::nondetPicks") as ItfValue.Record ?? throw new InvalidDataException("a state lacks the record 'mbt::nondetPicks'.");
}
