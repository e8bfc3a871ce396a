namespace Checking.Refuting.Shapes;

/// <summary>What guests and their processors do without asking Xen: one step each.</summary>
internal static class UnaskedShapes
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        Of("EnterKernel", "enter kernel/1", [0]),
        Of("EnterUser", "enter user/1", [0]),
        Of("Fill", "access/6", [0, 2, 4, 6, 8, 10]),
        Of("FillSuperpage", "access superpage/6", [0, 2, 4, 6, 8, 9]),
        Of("Store", "store/5", [0, 1, 2, 3, 4]),
    ];

    /// <param name="places">for each argument of the request the place of the step that it is</param>
    private static Shape Of(string step, string requestKind, int[] places)
    {
        StepForm form = StepForm.Named(step);
        Dictionary<Kind, int> count = [];
        Variable[] variables = [.. form.Places.Select(kind => new Variable(kind, count[kind] = count.GetValueOrDefault(kind) + 1))];
        return new([form], [variables], [new(requestKind, [.. places.Select(p => (Variable?)variables[p])])]);
    }
}
