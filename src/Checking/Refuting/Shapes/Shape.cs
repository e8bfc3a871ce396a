namespace Checking.Refuting.Shapes;

/// <summary>An argument that a shape leaves open: the first frame, the second slot.</summary>
internal readonly record struct Variable(Kind Kind, int Number);

/// <summary>How the requests of one kind bind a shape's variables: for each argument of the request the variable that it is, or null.</summary>
internal sealed record Binding(string RequestKind, IReadOnlyList<Variable?> Arguments);

/// <summary>A sequence of micro-steps that requests take, which of its arguments are always the same, and which are the request's own.</summary>
/// <remarks>Sequences that begin alike have the same variables there, so that what they have in common is done once.</remarks>
internal sealed record Shape(
    IReadOnlyList<StepForm> Steps, IReadOnlyList<IReadOnlyList<Variable>> Variables, IReadOnlyList<Binding> Bindings)
{
    /// <summary>The shape of what was seen: arguments that were equal whenever they were seen are the same.</summary>
    /// <param name="sightings">of one sequence of steps</param>
    public static Shape Of(IReadOnlyList<Sighting> sightings)
    {
        StepForm[] steps = [.. sightings[0].Steps.Select(s => s.Form)];
        Dictionary<string, Variable> known = [];
        Dictionary<Kind, int> count = [];
        List<Variable[]> variables = [];
        for (int step = 0; step < steps.Length; step++)
        {
            variables.Add(new Variable[steps[step].Places.Count]);
            for (int place = 0; place < steps[step].Places.Count; place++)
            {
                Kind kind = steps[step].Places[place];
                string values = $"{kind} {string.Join(' ', sightings.Select(s => s.Steps[step].Arguments[place]))}";
                if (!known.TryGetValue(values, out Variable variable))
                    known[values] = variable = new(kind, count[kind] = count.GetValueOrDefault(kind) + 1);
                variables[step][place] = variable;
            }
        }

        return new(steps, variables, [.. sightings.GroupBy(s => s.RequestKind).Select(g => Bind(g.Key, [.. g], variables))]);
    }

    public override string ToString() => string.Join(' ', Steps.Select(s => s.Name));

    private static Binding Bind(string kind, Sighting[] sightings, List<Variable[]> variables)
    {
        Variable? Bound(int argument)
        {
            for (int step = 0; step < variables.Count; step++)
            {
                for (int place = 0; place < variables[step].Length; place++)
                {
                    if (sightings.All(s => s.Arguments[argument] == (variables[step][place].Kind, s.Steps[step].Arguments[place])))
                        return variables[step][place];
                }
            }

            return null;
        }

        return new(kind, [.. Enumerable.Range(0, sightings[0].Arguments.Count).Select(Bound)]);
    }
}
