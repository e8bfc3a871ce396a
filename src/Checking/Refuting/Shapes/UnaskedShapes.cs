namespace Checking.Refuting.Shapes;

/// <summary>What guests and their processors do without asking Xen: one step each.</summary>
internal static class UnaskedShapes
{
    public static IReadOnlyList<Shape> All { get; } =
    [
        Of("EnterKernel", ("enter kernel/1", [0])),
        Of("EnterUser", ("enter user/1", [0])),
        Of("Fill", ("access/6", [0, 2, 4, 6, 8, 10]), ("access/5", [0, 4, 6, 8, 10])),
        Of("FillSuperpage", ("access superpage/6", [0, 2, 4, 6, 8, 9]), ("access superpage/5", [0, 4, 6, 8, 9])),
        Of("Store", ("store/5", [0, 1, 2, 3, 4])),
    ];

    /// <param name="requests">kinds of requests, and for each argument of theirs the place of the step that it is; of a 32-bit guest one level fewer</param>
    private static Shape Of(string step, params ReadOnlySpan<(string Kind, int[] Places)> requests)
    {
        StepForm form = StepForm.Named(step);
        Dictionary<Kind, int> count = [];
        Variable[] variables = [.. form.Places.Select(kind => new Variable(kind, count[kind] = count.GetValueOrDefault(kind) + 1))];
        List<Binding> bindings = [];
        foreach ((string kind, int[] places) in requests) bindings.Add(new(kind, [.. places.Select(p => (Variable?)variables[p])]));
        return new([form], [variables], bindings);
    }
}
