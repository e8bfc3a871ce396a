using Model;

namespace Checking.Memory;

/// <summary>The micro-steps of the model by name.</summary>
internal static class StepNames
{
    private static readonly Type Steps = typeof(Model.Steps.Steps<
        Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>);

    /// <summary>Every step, in the order of the model's text; a question that changes nothing is none.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. from method in Steps.GetMethods()
           where method.DeclaringType == Steps && method.ReturnType == typeof(Model.Domains.Concrete.Truth) && method.Name != "Admits"
           select method.Name,
    ];

    private static readonly Dictionary<string, int> Numbers = All.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i);

    private static readonly int[] NumbersOfSteps = [.. Enum.GetNames<Step>().Select(Number)];

    /// <summary>The place of a step in <see cref="All"/>.</summary>
    public static int Number(string name) => Numbers[name];

    /// <summary>The place of a step in <see cref="All"/>.</summary>
    public static int Number(Step step) => NumbersOfSteps[(int)step];
}
