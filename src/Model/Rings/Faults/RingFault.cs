using Model.Domains;

namespace Model.Rings.Faults;

/// <summary>A mistake of ring protection that can be made again in the model, to see that it is found.</summary>
/// <param name="Id">the advisory, or a name where no single advisory is meant</param>
/// <param name="Breaks">the invariant that the mistake is about</param>
/// <param name="Says">what goes wrong, in one sentence</param>
public sealed record RingFault(string Id, string Breaks, string Says)
{
    /// <summary>All of them, advisories first.</summary>
    public static IReadOnlyList<RingFault> All { get; } =
    [
        new("XSA-7", "I-CSTACK", "SYSRET is taken to an address that it faults at, on the guest's stack"),
        new("XSA-8", "I-CINJ", "the record of an exception stays when it has been delivered"),
        new("XSA-44", "I-CSTACK", "SYSENTER leaves NT as the guest had it, and IRET faults"),
        new("XSA-136", "I-BPROG", "the frame of an iret hypercall is copied the wrong way, and there is no end to it"),
        new("XSA-193", "I-CEXC", "a segment base that is not canonical is kept, and loaded when the vCPU is next scheduled"),
        new("XSA-202", "I-CRING", "the flags that emulation left in the frame are what the guest goes on with"),
        new("XSA-213", "I-BPRIV", "a batch of hypercalls goes on after one of them has left the kernel"),
        new("XSA-215", "I-BRANGE", "only the beginning of a bounce frame is looked at, and it grows down into Xen's addresses"),
        new("XSA-260", "I-CSTACK", "the debug trap that a stack load puts off has no stack of its own"),
        new("XSA-265", "I-BPANIC", "debug status that the guest can set decides that Xen is at fault"),
        new("XSA-267", "I-CXST", "floating-point registers stay in the processor until they are first used"),
        new("XSA-293", "I-CCR4", "what the guest's kernel writes to CR4 does not reach the processor's"),
        new("XSA-298", "I-CDESC", "a call gate is read from beyond the limit of the table"),
        new("XSA-444", "I-CDR", "a breakpoint may be at an address of Xen's"),
        new("open-gate", "I-CDESC", "a call gate keeps the level that the guest gave it, and the processor takes it"),
        new("long-code", "I-CDESC", "a 32-bit guest gets a segment of 64-bit code"),
        new("kept-rpl", "I-CRING", "the iret hypercall resumes the guest at the level that its frame says"),
        new("double-fetch", "I-BFETCH", "the level in an iret frame is read again after it was looked at"),
        new("any-vector", "I-CINJ", "INT raises a vector that is not open to user code"),
        new("open-ports", "I-CCR4", "an instruction on ports is carried out at any level"),
    ];

    /// <summary>The mistake of that name, or null.</summary>
    public static RingFault? Find(string id) => All.FirstOrDefault(f => string.Equals(f.Id, id, StringComparison.OrdinalIgnoreCase));

    /// <summary>The steps with the mistake in them.</summary>
    public RingSteps<Bit, Word, Relation, Map> Make<Bit, Word, Relation, Map>(RingState<Bit, Word, Relation, Map> state)
        where Bit : struct, IBit<Bit>
        where Word : struct, IWord<Word, Bit>
        where Relation : struct, IRelation<Relation, Bit, Word>
        where Map : struct, IMap<Map, Bit, Word> => Id switch
        {
            "XSA-7" => new Xsa7<Bit, Word, Relation, Map>(state),
            "XSA-8" => new Xsa8<Bit, Word, Relation, Map>(state),
            "XSA-44" => new Xsa44<Bit, Word, Relation, Map>(state),
            "XSA-136" => new Xsa136<Bit, Word, Relation, Map>(state),
            "XSA-193" => new Xsa193<Bit, Word, Relation, Map>(state),
            "XSA-202" => new Xsa202<Bit, Word, Relation, Map>(state),
            "XSA-213" => new Xsa213<Bit, Word, Relation, Map>(state),
            "XSA-215" => new Xsa215<Bit, Word, Relation, Map>(state),
            "XSA-260" => new Xsa260<Bit, Word, Relation, Map>(state),
            "XSA-265" => new Xsa265<Bit, Word, Relation, Map>(state),
            "XSA-267" => new Xsa267<Bit, Word, Relation, Map>(state),
            "XSA-293" => new Xsa293<Bit, Word, Relation, Map>(state),
            "XSA-298" => new Xsa298<Bit, Word, Relation, Map>(state),
            "XSA-444" => new Xsa444<Bit, Word, Relation, Map>(state),
            "open-gate" => new OpensGates<Bit, Word, Relation, Map>(state),
            "long-code" => new AdmitsLongCode<Bit, Word, Relation, Map>(state),
            "kept-rpl" => new KeepsRpl<Bit, Word, Relation, Map>(state),
            "double-fetch" => new ReadsTwice<Bit, Word, Relation, Map>(state),
            "any-vector" => new RaisesAnyVector<Bit, Word, Relation, Map>(state),
            "open-ports" => new OpensPorts<Bit, Word, Relation, Map>(state),
            _ => throw new InvalidOperationException($"{Id} is in the list and has no steps"),
        };

    public override string ToString() => Id;
}
