using System.Reflection;
using Model;
using Model.Domains;
using Model.State;
using Model.Steps;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Refuting.Shapes;

/// <summary>What an argument of a step stands for.</summary>
internal enum Kind
{
    Frame,
    Slot,
    Domain,
    Vcpu,
    Type,
    Truth,

    /// <summary>What an entry says beside its target, as <see cref="EntryFlags"/>.</summary>
    Flags,
}

/// <summary>A micro-step of the model's text: its name and what it is given.</summary>
/// <param name="Name">the method's name</param>
/// <param name="Places">its arguments; an entry is two, its target and its flags</param>
internal sealed record StepForm(string Name, IReadOnlyList<Kind> Places)
{
    /// <summary>Every step there is.</summary>
    public static IReadOnlyList<StepForm> All { get; } =
        [.. Methods(typeof(ConcreteSteps)).Select(m => new StepForm(m.Name, [.. m.GetParameters().SelectMany(PlacesOf)]))];

    public static StepForm Named(string name) => All.Single(f => f.Name == name);

    /// <summary>The form has an entry, which is its last two places.</summary>
    public bool HasEntry => Places[^1] == Kind.Flags;

    public override string ToString() => Name;

    /// <summary>The methods that are steps: a guard is what they return.</summary>
    internal static IEnumerable<MethodInfo> Methods(Type steps) =>
        steps.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => m.ReturnType == steps.GetGenericArguments()[0] && m.Name != nameof(ConcreteSteps.Admits));

    private static IEnumerable<Kind> PlacesOf(ParameterInfo parameter) => parameter.Name switch
    {
        "v" => [Kind.Vcpu],
        "d" => [Kind.Domain],
        "type" => [Kind.Type],
        "lawful" or "write" => [Kind.Truth],
        "e" => [Kind.Frame, Kind.Flags],
        "f" or "table" or "target" or "t4" or "t3" or "t2" or "t1" => [Kind.Frame],
        "slot" or "position" or "i4" or "i3" or "i2" or "i1" => [Kind.Slot],
        var other => throw new InvalidOperationException($"{parameter.Member.Name}({other}): what does it stand for?"),
    };
}

/// <summary>The steps of one reading of the model, to be taken by form.</summary>
internal abstract class Taker<Bit, Word, Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    private static readonly Dictionary<string, MethodInfo> Known =
        StepForm.Methods(typeof(Steps<Bit, Word, Relation, Map>)).ToDictionary(m => m.Name);

    /// <summary>The argument as a word.</summary>
    protected abstract Word AsWord(Kind kind, int argument);

    /// <summary>The argument, a truth value.</summary>
    protected abstract Bit AsBit(int argument);

    /// <summary>The argument, the flags of an entry, has the flag.</summary>
    protected abstract Bit Has(int argument, EntryFlags flag);

    /// <summary>Takes the step.</summary>
    /// <returns>its guard</returns>
    public Bit Take(Steps<Bit, Word, Relation, Map> steps, StepForm form, ReadOnlySpan<int> arguments)
    {
        MethodInfo method = Known[form.Name];
        ParameterInfo[] parameters = method.GetParameters();
        object[] given = new object[parameters.Length];
        int place = 0;
        for (int i = 0; i < given.Length; i++)
        {
            if (parameters[i].ParameterType == typeof(Content<Bit, Word>)) given[i] = Entry(arguments[place++], arguments[place++]);
            else if (parameters[i].ParameterType == typeof(Bit)) given[i] = AsBit(arguments[place++]);
            else given[i] = AsWord(form.Places[place], arguments[place++]);
        }

        return (Bit)method.Invoke(steps, BindingFlags.DoNotWrapExceptions, null, given, null)!;
    }

    private Content<Bit, Word> Entry(int target, int flags) => new(
        Present: Has(flags, EntryFlags.Present),
        Target: AsWord(Kind.Frame, target),
        Writable: Has(flags, EntryFlags.Writable),
        User: Has(flags, EntryFlags.User),
        Superpage: Has(flags, EntryFlags.Superpage),
        Cache: Has(flags, EntryFlags.Cache),
        Reserved: Has(flags, EntryFlags.Disallowed),
        Global: Has(flags, EntryFlags.Global),
        NoExecute: Has(flags, EntryFlags.NoExecute),
        Accessed: Has(flags, EntryFlags.Accessed),
        Dirty: Has(flags, EntryFlags.Dirty),
        GuestKernel: Has(flags, EntryFlags.GuestKernel),
        Available: Has(flags, EntryFlags.Available));
}
