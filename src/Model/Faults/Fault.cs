using Model.Domains;
using Model.State;
using Model.Steps;

namespace Model.Faults;

/// <summary>A mistake that can be made again in the model, to see that it is found.</summary>
/// <param name="Id">the advisory, or a name where no single advisory is meant</param>
/// <param name="Breaks">the invariant that the mistake is about</param>
/// <param name="Says">what goes wrong, in one sentence</param>
public sealed record Fault(string Id, string Breaks, string Says)
{
    /// <summary>All of them, advisories first.</summary>
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("XSA-148", "I-TBITS", "the superpage bit is let through in entries of upper tables"),
        new("XSA-182", "I-TDELTA", "the fast path changes R/W without an audit"),
        new("XSA-185", "I-TLINEAR", "a 32-bit root may name itself, and Xen makes its entries writable"),
        new("XSA-214", "I-STATE", "a frame is freed and keeps its type"),
        new("XSA-240", "I-TLINEAR", "linear tables may chain"),
        new("XSA-292", "I-FTLB", "a root is loaded and what the old one reached is not flushed"),
        new("XSA-299", "I-TVALID", "a validation that stopped halfway is taken for a whole one"),
        new("XSA-401", "I-TEXCL", "a frame counts in its new type before processors have flushed the old one"),
        new("no-flush-at-free", "I-LIVE", "a frame is freed while processors still have translations to it"),
        new("no-owner-check", "I-OWN", "an audit does not ask whose the target is"),
        new("leaked-reference", "I-REF", "a reference is dropped and not counted down"),
        new("leaked-type-reference", "I-TCOUNT", "a type reference is dropped and not counted down"),
        new("no-scrub", "I-SCRUB", "a frame is allocated with what its former owner left in it"),
        new("writable-table", "I-TEXCL", "a leaf entry maps a frame read-write whatever the frame is in use as"),
        new("half-abort", "I-TPART", "a validation is aborted while entries are still audited"),
        new("retype-while-held", "I-TRETYPE", "a frame changes its type while something holds it in the former"),
        new("shared-xen-slots", "I-TPAE", "two 32-bit roots name the same table with Xen's slots in it"),
        new("take-any-frame", "I-BINDEX", "a reference is taken to a frame of any owner"),
        new("kept-reference", "I-BRC", "a refused request keeps the reference that it took"),
    ];

    /// <summary>The mistake of that name, or null.</summary>
    public static Fault? Find(string id) => All.FirstOrDefault(f => string.Equals(f.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The steps with the mistake in them.</summary>
    public Steps<Bit, Word, Relation, Map> Make<Bit, Word, Relation, Map>(State<Bit, Word, Relation, Map> state)
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit>
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Map : struct, IMap<Map, Bit, Word> => Id switch
        {
            "XSA-148" => new Xsa148<Bit, Word, Relation, Map>(state),
            "XSA-182" => new Xsa182<Bit, Word, Relation, Map>(state),
            "XSA-185" => new Xsa185<Bit, Word, Relation, Map>(state),
            "XSA-214" => new Xsa214<Bit, Word, Relation, Map>(state),
            "XSA-240" => new Xsa240<Bit, Word, Relation, Map>(state),
            "XSA-292" => new Xsa292<Bit, Word, Relation, Map>(state),
            "XSA-299" => new Xsa299<Bit, Word, Relation, Map>(state),
            "XSA-401" => new Xsa401<Bit, Word, Relation, Map>(state),
            "no-flush-at-free" => new FreesUnflushed<Bit, Word, Relation, Map>(state),
            "no-owner-check" => new ForgetsOwner<Bit, Word, Relation, Map>(state),
            "leaked-reference" => new LeaksReferences<Bit, Word, Relation, Map>(state),
            "leaked-type-reference" => new LeaksTypeReferences<Bit, Word, Relation, Map>(state),
            "no-scrub" => new NeverScrubs<Bit, Word, Relation, Map>(state),
            "writable-table" => new MapsAnythingWritable<Bit, Word, Relation, Map>(state),
            "half-abort" => new AbortsHalfway<Bit, Word, Relation, Map>(state),
            "retype-while-held" => new RetypesWhatIsHeld<Bit, Word, Relation, Map>(state),
            "shared-xen-slots" => new SharesXenL2<Bit, Word, Relation, Map>(state),
            "take-any-frame" => new TakesAnyFrame<Bit, Word, Relation, Map>(state),
            "kept-reference" => new NeverDrops<Bit, Word, Relation, Map>(state),
            _ => throw new InvalidOperationException($"{Id} is in the list and has no steps"),
        };

    public override string ToString() => Id;
}
