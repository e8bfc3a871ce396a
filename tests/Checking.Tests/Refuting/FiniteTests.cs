using Checking.Refuting.Finite;
using Checking.Refuting.Shapes;
using Model;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Faults;
using FiniteSteps = Model.Steps.Steps<
    Checking.Refuting.Finite.Formula, Checking.Refuting.Finite.FiniteWord, Checking.Refuting.Finite.FiniteRelation, Checking.Refuting.Finite.FiniteMap>;

namespace Checking.Tests.Refuting;

/// <summary>The finite symbolic meaning says of every step what the concrete one says.</summary>
public sealed class FiniteTests
{
    private const int Trials = 4, MostCounted = 6;
    private static readonly Universe World = new(Frames: 4, Slots: 2, Vcpus: 2, Domains: 3);
    private static readonly int[] Domains = [1, 2, Domid.Xen.Value, Domid.Nobody.Value];

    public static TheoryData<string> StepNames => [.. StepForm.All.Select(f => f.Name)];

    [Fact]
    public void Every_step_of_the_model_has_a_form() => Assert.Equal(47, StepForm.All.Count);

    [Theory, MemberData(nameof(StepNames))]
    public void A_step_left_open_is_the_concrete_step_where_its_arguments_are_filled_in(string name)
    {
        StepForm form = StepForm.Named(name);
        Questionnaire open = new(World, Domains, MostCounted);
        FiniteWord[] words = [.. form.Places.Select(open.Word)];
        FormulaTaker taker = new((_, i) => words[i]);
        int[] places = [.. Enumerable.Range(0, words.Length)];
        Course course = new();
        OpenState before = open.State(course), tried = before.Copy(), assumed = before.Copy();
        Formula guard = taker.Take(new FiniteSteps(tried.State), form, places);
        Assert.Equal(guard.Literal, taker.Assume(course, new FiniteSteps(assumed.State), form, places).Literal);

        Random random = new(name.Length);
        int taken = 0, refused = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            (ConcreteState state, int[] arguments) = (trial < 2 ? open.Solve(trial == 0 ? guard : !guard, before, words, TestContext.Current.CancellationToken) : null)
                ?? (RandomStates.Next(World, Domains, MostCounted, random), [.. form.Places.Select(k => RandomStates.Argument(k, World, Domains, random))]);
            ConcreteState after = state.Copy();
            bool may = new ConcreteTaker().Take(new ConcreteSteps(after), form, arguments);
            bool[] values = open.Evaluate(state, words, arguments);
            Assert.Equal(may, Graph.IsTrue(values, guard.Literal));
            Assert.Equal("", Difference(tried, values, after));
            if (may) Assert.Equal("", Difference(assumed, values, after));
            if (may) taken++;
            else refused++;
        }

        Assert.True(taken > 0, $"{name} was never taken");
        Assert.True(refused > 0 || name == nameof(FiniteSteps.Flush), $"{name} was never refused");
    }

    /// <summary>Where the formulas say something else than the concrete state; empty if nowhere.</summary>
    private static string Difference(OpenState image, bool[] values, ConcreteState state)
    {
        OpenState expected = OpenState.Of(state, World, new(), counts: true);
        for (int r = 0; r < expected.Relations.Count; r++)
        {
            for (int at = 0; at < expected.Relations[r].Points.Length; at++)
            {
                if (Graph.IsTrue(values, image.Relations[r].Points[at].Literal) != expected.Relations[r].Points[at].Always) return $"relation {r} at {at}";
            }
        }

        for (int m = 0; m < expected.Maps.Count; m++)
        {
            for (int at = 0; at < expected.Maps[m].Length; at++)
            {
                int wanted = expected.Maps[m][at].Cases[0].Value;
                (int Value, Formula When)[] holding = [.. image.Maps[m][at].Cases.ToArray().Where(c => Graph.IsTrue(values, c.When.Literal))];
                if (holding is not [var one] || one.Value != wanted) return $"function {m} at {at}";
            }
        }

        return "";
    }
}
