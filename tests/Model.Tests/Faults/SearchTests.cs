using Model.Faults;

namespace Model.Tests.Faults;

/// <summary>The random sequences are good enough to find a mistake that nobody told them of.</summary>
public sealed class SearchTests
{
    private const int Sequences = 600, Length = 60;

    [Theory]
    [InlineData("I-OWN", "no-owner-check")]
    [InlineData("I-REF", "leaked-reference")]
    [InlineData("I-LIVE", "no-flush-at-free")]
    [InlineData("I-STATE", "XSA-214")]
    [InlineData("I-SCRUB", "no-scrub")]
    [InlineData("I-TEXCL", "writable-table")]
    [InlineData("I-TEXCL", "XSA-401")]
    [InlineData("I-TCOUNT", "leaked-type-reference")]
    [InlineData("I-TDELTA", "XSA-182")]
    [InlineData("I-TBITS", "XSA-148")]
    [InlineData("I-TLINEAR", "XSA-240")]
    [InlineData("I-TRETYPE", "retype-while-held")]
    [InlineData("I-FTLB", "XSA-292")]
    [InlineData("I-BINDEX", "take-any-frame")]
    [InlineData("I-BRC", "kept-reference")]
    public void Random_sequences_find(string invariant, string fault)
    {
        for (int seed = 0; seed < Sequences; seed++)
        {
            if (Breaks(new Script(seed, shape => shape with { Steps = Fault.Find(fault)!.Make }), invariant)) return;
        }

        Assert.Fail($"{Sequences} sequences did not break {invariant}");
    }

    [Theory]
    [InlineData("I-TLINEAR", "XSA-185")]
    [InlineData("I-TPAE", "shared-xen-slots")]
    public void Random_sequences_of_a_32_bit_guest_find(string invariant, string fault)
    {
        for (int seed = 0; seed < Sequences; seed++)
        {
            if (Breaks(new Script(seed, shape => Script.Mixed(shape) with { Steps = Fault.Find(fault)!.Make }), invariant)) return;
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
