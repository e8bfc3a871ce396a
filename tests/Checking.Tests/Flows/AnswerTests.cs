using Checking.Tests.Refinement;
using Model;
using Model.Domains;
using Model.Domains.Concrete;
using Model.Faults;
using Model.Observation;

namespace Checking.Tests.Flows;

/// <summary>What a domain is answered depends on what it sees: two machines on which another domain does different things.</summary>
/// <remarks>Programs look at the state between their steps, so for them it does not follow from what is proved of steps.</remarks>
public sealed class AnswerTests
{
    private const int Sequences = 400, Length = 24;

    private static readonly VcpuId Other = new(2);

    [Fact, Clause("FL-10"), Clause("FL-11"), Clause("FL-12")]
    public void Whatever_another_domain_does_answers_and_all_that_is_seen_are_the_same()
    {
        int answered = 0;
        for (int seed = 0; seed < Sequences; seed++)
        {
            if (Heard(seed, null, ref answered) is { } heard) Assert.Fail($"seed {seed}: {heard}");
        }

        Assert.True(answered > Sequences, $"{answered} requests succeeded");
    }

    [Theory, Clause("FL-11")]
    [InlineData("take-any-frame")]
    [InlineData("no-owner-check")]
    public void A_mistake_is_heard(string fault)
    {
        int answered = 0;
        Assert.Contains(Enumerable.Range(0, Sequences), seed => Heard(seed, Fault.Find(fault), ref answered) is not null);
    }

    /// <summary>What the first domain hears of the other; null if nothing.</summary>
    private static string? Heard(int seed, Fault? fault, ref int answered)
    {
        (Machine one, Machine two) = (Booted(fault), Booted(fault));
        RandomScript mine = new(seed), here = new(seed + Sequences), there = new(seed + (2 * Sequences));
        for (int k = 0; k < Length; k++)
        {
            try
            {
                one.Perform(OfOther(here));
                two.Perform(OfOther(there));
                Request request = OfFirst(mine);
                (Answer a, Answer b) = (one.Perform(request), two.Perform(request));
                if (a != b) return $"{request.Describe()} = {a}, or {b}";
                if (a.IsSuccess) answered++;
            }
            catch (InvalidOperationException error) when (fault is not null)
            {
                return $"the program gave up: {error.Message}";
            }

            if (Different(one, two) is { } aspect) return $"{aspect.Name} is different";
        }

        return null;
    }

    private static Machine Booted(Fault? fault)
    {
        Machine machine = new(new(RandomScript.Frames, [SmallScope.D1, SmallScope.D1, new(2)], RandomScript.Slots)
        {
            XenSlots = [1],
            Steps = fault is null ? null : s => fault.Make(s),
        });
        RandomScript.Boot(machine);
        return machine;
    }

    private static Request OfFirst(RandomScript script)
    {
        Request request = script.Request();
        while (request.Caller == Other) request = script.Request();
        return request;
    }

    /// <summary>A request of the other domain's that is not about memory reservations: of these the first sees which frames are free.</summary>
    private static Request OfOther(RandomScript script)
    {
        Request request = script.Request() with { Caller = Other };
        while (request is DecreaseReservation or IncreaseReservation or PopulatePhysmap) request = script.Request() with { Caller = Other };
        return request;
    }

    private static Aspect<Truth, Number>? Different(Machine one, Machine two) =>
        new Observation<Truth, Number, Facts, Function>(one.State, two.State, SmallScope.D1.Value).All
            .FirstOrDefault(a => !Points(one, a.Of).All(at => a.IsAlike(at)));

    private static IEnumerable<Number[]> Points(Machine machine, IEnumerable<Sort> of)
    {
        Universe universe = machine.Shape.Universe;
        return of.Aggregate(
            (IEnumerable<Number[]>)[[]],
            (points, sort) => from point in points from word in Enumerable.Range(0, universe.Size(sort)) select (Number[])[.. point, word]);
    }
}
