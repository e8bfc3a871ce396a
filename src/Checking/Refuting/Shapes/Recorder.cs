using Checking.Memory;
using Checking.Refuting.Finite;
using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Refuting.Shapes;

/// <summary>Watches requests being performed, and tells which micro-steps they took with which arguments.</summary>
/// <remarks>
/// A program names its steps and not their arguments; those are found by trying which of them lead from the state before
/// the step to the state after it; an entry is found as it then stands, or as the request had it before Xen adjusted it (PT-21). A flush of nothing may have been anybody's: the caller's is assumed.
/// </remarks>
internal sealed class Recorder(MemoryScope scope)
{
    private readonly ConcreteTaker _taker = new();
    private readonly Course _course = new();

    private Universe Universe { get; } = scope.Shape.Universe;

    /// <summary>The names of the steps of a request, which is performed.</summary>
    /// <param name="gaveUp">there was nothing to perform, or the program gave up on the way</param>
    public IReadOnlyList<string> Names(Machine machine, MemoryRequest request, out bool gaveUp)
    {
        List<string> names = [];
        machine.StepTaken = step => names.Add(step.ToString());
        gaveUp = scope.Attempt(request, machine, out _) is null;
        return names;
    }

    /// <summary>The steps of a request, which is performed on a copy.</summary>
    public IReadOnlyList<GroundStep> Steps(Machine machine, MemoryRequest request)
    {
        List<(StepForm Form, ConcreteState After)> taken = [];
        Machine copy = machine.Under(scope.Shape);
        ConcreteState before = copy.State.Copy();
        copy.StepTaken = step => taken.Add((StepForm.Named(step.ToString()), copy.State.Copy()));
        scope.Attempt(request, copy, out _);

        int[] offered = [.. RequestArguments.Of(request).Where(a => a.Kind == Kind.Flags).Select(a => a.Value)];
        return [.. taken.Select((step, i) => Infer(step.Form, i == 0 ? before : taken[i - 1].After, step.After, request.Vcpu.Value, offered))];
    }

    /// <summary>What values an argument may have, the likeliest first.</summary>
    public static int[] Values(Kind kind, MemoryScope scope) => kind switch
    {
        Kind.Frame => [.. Enumerable.Range(0, scope.Shape.Frames)],
        Kind.Slot => [.. Enumerable.Range(0, scope.Shape.Slots)],
        Kind.Vcpu => [.. Enumerable.Range(0, scope.Shape.Vcpus.Count)],
        Kind.Domain => [.. scope.Shape.Vcpus.Select(d => (int)d.Value).Distinct()],
        Kind.Type => [.. Enum.GetValues<PageType>().Where(t => t != PageType.None).Select(t => (int)t)],
        Kind.Truth => [1, 0],
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "flags are what entries have"),
    };

    /// <param name="offered">flags of entries that the request names</param>
    private GroundStep Infer(StepForm form, ConcreteState before, ConcreteState after, int caller, int[] offered)
    {
        OpenState wanted = OpenState.Of(after, Universe, _course, counts: true);
        ConcreteState tried = before.Copy();
        foreach (int[] arguments in Candidates(form, after, caller, offered))
        {
            if (!_taker.Take(Steps(tried), form, arguments)) continue;
            if (OpenState.Of(tried, Universe, _course, counts: true).IsIdentical(wanted)) return new(form, arguments);
            tried = before.Copy();
        }

        throw new InvalidOperationException($"{form} was taken, and no arguments of it lead to where it led");
    }

    private ConcreteSteps Steps(ConcreteState state) => scope.Shape.Steps?.Invoke(state) ?? new(state);

    private IEnumerable<int[]> Candidates(StepForm form, ConcreteState after, int caller, int[] offered)
    {
        int words = form.Places.Count - (form.HasEntry ? 2 : 0);
        int[] arguments = new int[form.Places.Count];
        IEnumerable<int[]> From(int place)
        {
            if (place == words)
            {
                if (!form.HasEntry)
                {
                    yield return [.. arguments];
                    yield break;
                }

                (arguments[^2], int found) = EntryOf(after, arguments[^4], arguments[^3]);
                foreach (int flags in offered.Prepend(found))
                {
                    arguments[^1] = flags;
                    yield return [.. arguments];
                }

                yield break;
            }

            IEnumerable<int> values = Values(form.Places[place], scope);
            if (form.Places[place] == Kind.Vcpu) values = values.OrderBy(v => v != caller);
            foreach (int value in values)
            {
                arguments[place] = value;
                foreach (int[] each in From(place + 1)) yield return each;
            }
        }

        return From(0);
    }

    private static (int Target, int Flags) EntryOf(ConcreteState state, int table, int slot)
    {
        int target = ((TargetsBySlot)state.Entry.Store).TargetOf(table, slot);
        if (target == Store.Any) return (0, 0);

        Entry entry = global::Model.Programs.Contents.ToEntry(new ConcreteSteps(state).Read(table, slot, target));
        return (target, (int)entry.Flags);
    }
}
