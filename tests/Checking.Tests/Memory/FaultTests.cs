using Checking.Exploration;
using Checking.Memory;
using Model;
using Model.Faults;
using Explored = Checking.Exploration.Exploration;

namespace Checking.Tests.Memory;

/// <summary>Every mistake that was made again is found, in the fewest requests.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("XSA-148", "I-TBITS", 1, "mfn:3[0], a live entry of L2, has Present, Writable, User, Superpage")]
    [InlineData("XSA-182", "I-TDELTA", 1, "mfn:4[0] says mfn:5 r- and does not hold mfn:5 accordingly")]
    [InlineData("XSA-214", "I-STATE", 2, "mfn:5 of nobody is Writable, validated")]
    [InlineData("XSA-240", "I-TLINEAR", 4, "mfn:")]
    [InlineData("XSA-292", "I-FTLB", 4, "v0 caches translations reached from mfn:1, which is no root of its any more")]
    [InlineData("XSA-401", "I-TEXCL", 3, "v0 still holds a writable translation of mfn:5, now L")]
    [InlineData("no-flush-at-free", "I-LIVE", 3, "nobody owns mfn:5, yet something refers to it or a processor can reach it")]
    [InlineData("no-owner-check", "I-OWN", 1, "mfn:4[0] of d1 names mfn:6, which d2 owns")]
    [InlineData("leaked-reference", "I-REF", 1, "mfn:5 counts 3 references, and that is not how many are held")]
    [InlineData("leaked-type-reference", "I-TCOUNT", 1, "mfn:")]
    [InlineData("no-scrub", "I-SCRUB", 4, "mfn:5 came to d")]
    [InlineData("writable-table", "I-TEXCL", 1, "mfn:4[0] maps mfn:")]
    [InlineData("retype-while-held", "I-TRETYPE", 1, "mfn:4[0], an entry of L1, holds mfn:5, which became ")]
    [InlineData("take-any-frame", "I-BINDEX", 3, "v0 holds mfn:")]
    [InlineData("kept-reference", "I-BRC", 1, "v0 was left with a reference to mfn:")]
    [InlineData("XSA-185", "I-TLINEAR", 1, "mfn:1[0] maps mfn:1 read-write while both are L3")]
    [InlineData("shared-xen-slots", "I-TPAE", 5, "mfn:1[0] names mfn:2, XenL2, and not it alone")]
    public void Requests_find(string fault, string property, int depth, string witness) =>
        Finds(MemorySizes.ThatShow(Fault.Find(fault)), fault, property, depth, witness);

    /// <summary>Programs audit every entry before they finish, and undo every audit before they abort; only another vCPU's steps between theirs would not.</summary>
    [Theory]
    [InlineData("XSA-299", "I-TVALID", 7, "mfn:4[0] names mfn:5 and was never audited, while mfn:4 is L1")]
    [InlineData("half-abort", "I-TPART", 6, "mfn:4[0] is audited while mfn:4 is no page table, or the slot is empty")]
    public void Micro_steps_find(string fault, string property, int depth, string witness) =>
        Finds(Worlds.OneTable with { Grain = Grain.Step }, fault, property, depth, witness);

    [Fact]
    public void Every_fault_is_looked_for()
    {
        string[] looked = [.. typeof(FaultTests).GetMethods().SelectMany(m => m.GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()).Where(d => d.Data.Length == 4).Select(d => (string)d.Data[0]!)];
        Assert.Equal(Fault.All.Select(f => f.Id).Order(), looked.Order());
    }

    /// <summary>Another property than the one that breaks first: the search goes on from broken states, in which programs give up.</summary>
    [Theory]
    [InlineData("XSA-401")]
    [InlineData("retype-while-held")]
    [InlineData("leaked-reference")]
    [InlineData("take-any-frame")]
    public void A_search_goes_on_beyond_what_is_broken(string fault)
    {
        MemoryModel model = new(Worlds.OneTable, Fault.Find(fault));
        int only = model.Properties.Select((p, i) => (p.Id, i)).Single(p => p.Id == "I-SCRUB").i;

        Explored explored = Explorer.Run<MemoryModel, MemoryExpander>(model, new() { OnlyProperty = only, MaxStates = 15_000 });

        Assert.Equal(StopReason.MaxStates, explored.StoppedBy);
    }

    [Fact, Clause("I-TEXCL")]
    public void A_trace_is_told_in_the_words_of_the_domain()
    {
        MemoryModel model = new(new(), Fault.Find("no-scrub"));
        Explored explored = Explorer.Run<MemoryModel, MemoryExpander>(model, new());

        string[] lines = [.. explored.Trace.Zip(explored.Trace.Skip(1), (from, to) => model.Describe(from, to))];
        Assert.Matches(@"^d1  mmu_update   mfn:[34]\[0\] := .*  = 0$", lines[0]);
        Assert.Contains("d1  decrease_reservation mfn:5                    = 1", lines);
        Assert.Matches(@"^d[12]  populate_physmap mfn:5                        = 1$", lines[^1]);
        Assert.Contains(new("mfn:4", "d1  L1 ×1, 2 references"), model.Facts(explored.Trace[0]));
        Assert.Contains(new("mfn:4[0]", "mfn:5 rw, holds it in its type"), model.Facts(explored.Trace[0]));
    }

    private static void Finds(MemorySizes sizes, string fault, string property, int depth, string witness)
    {
        MemoryModel model = new(sizes, Fault.Find(fault));
        int only = model.Properties.Select((p, i) => (p.Id, i)).Single(p => p.Id == property).i;
        Explored explored = Explorer.Run<MemoryModel, MemoryExpander>(model, new() { OnlyProperty = only, MaxStates = 200_000 });

        Assert.Equal(StopReason.Violated, explored.StoppedBy);
        Assert.Equal((property, depth), (Fault.Find(fault)!.Breaks == property ? property : "", explored.Properties[only].Depth));
        Assert.Equal(depth + 1, explored.Trace.Count);
        Assert.StartsWith(witness, model.Violation(only, explored.Trace[^1]), StringComparison.Ordinal);
    }
}
