namespace Model.Tests.Faults;

/// <summary>The random sequences are good enough to find a mistake that nobody told them of.</summary>
public sealed class SearchTests
{
    private const int Sequences = 600, Length = 60;

    public static TheoryData<string, Func<FaultyState, FaultySteps>> Mistakes => new()
    {
        { "I-OWN", s => new ForgetsOwner(s) },
        { "I-REF", s => new LeaksReferences(s) },
        { "I-LIVE", s => new FreesUnflushed(s) },
        { "I-STATE", s => new KeepsTypes(s) },
        { "I-SCRUB", s => new NeverScrubs(s) },
        { "I-TEXCL", s => new MapsAnythingWritable(s) },
        { "I-TEXCL", s => new NeverFlushesAtRetype(s) },
        { "I-TCOUNT", s => new LeaksTypeReferences(s) },
        { "I-TDELTA", s => new EditsRightsInPlace(s) },
        { "I-TBITS", s => new AcceptsSuperpages(s) },
        { "I-TLINEAR", s => new ChainsLinearTables(s) },
        { "I-TRETYPE", s => new RetypesWhatIsHeld(s) },
        { "I-FTLB", s => new LoadsUnflushed(s) },
        { "I-BINDEX", s => new TakesAnyFrame(s) },
        { "I-BRC", s => new NeverDrops(s) },
    };

    [Theory, MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Random_sequences_find(string invariant, Func<FaultyState, FaultySteps> mistake)
    {
        for (int seed = 0; seed < Sequences; seed++)
        {
            if (Breaks(new Script(seed, shape => shape with { Steps = mistake }), invariant)) return;
        }

        Assert.Fail($"{Sequences} sequences did not break {invariant}");
    }

    private static bool Breaks(Script script, string invariant)
    {
        bool broken = false;
        script.Machine.StepTaken = _ => broken |= script.Machine.CheckAll(betweenRequests: false).Any(v => v.InvariantId == invariant);
        try
        {
            for (int i = 0; i < Length && !broken; i++)
            {
                script.Next();
                broken |= script.Machine.CheckAll().Any(v => v.InvariantId == invariant);
            }
        }
        catch (InvalidOperationException)
        {
            // A program that relied on a sound step and got a faulty one gives up; what it broke until then counts.
        }

        return broken;
    }
}
