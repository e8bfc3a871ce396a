using Model.Domains;
using static Model.Domains.Sort;

namespace Model.Rings;

/// <summary>The whole state of ring protection: what a vCPU's registers and tables say, and how far Xen is with what it does for it.</summary>
/// <remarks>A guest's registers are live while it runs, and saved in Xen's frame while Xen runs; they are the same here.</remarks>
public sealed class RingState<Bit, Word, Relation, Map> : NamedParts<Bit, Word, Relation, Map>
    where Bit : struct, IBit<Bit>
    where Word : struct, IWord<Word, Bit>
    where Relation : struct, IRelation<Relation, Bit, Word>
    where Map : struct, IMap<Map, Bit, Word>
{
    /// <param name="relation">makes a relation, given its name and the sorts of its columns</param>
    /// <param name="map">makes a function, given its name, the sort of its argument and the sort of its value</param>
    public RingState(Func<string, Sort[], Relation> relation, Func<string, Sort, Sort, Map> map)
        : base(relation, map)
    {
        Home = Mapped(nameof(Home), Vcpu, Domain);
        Is32 = Related(nameof(Is32), Domain);
        XensAddress = Related(nameof(XensAddress), Address);
        NonCanonical = Related(nameof(NonCanonical), Address);
        FrameEnd = Related(nameof(FrameEnd), Address, Address);
        FrameWord = Related(nameof(FrameWord), Address, Address);
        Next = Related(nameof(Next), Address, Address);
        XensPosition = Related(nameof(XensPosition), Slot);
        IsEvent = Related(nameof(IsEvent), Vector);
        Unmaskable = Related(nameof(Unmaskable), Vector);
        OwnStack = Related(nameof(OwnStack), Vector);

        IsCode = Related(nameof(IsCode), Vcpu, Slot);
        IsData = Related(nameof(IsData), Vcpu, Slot);
        IsGate = Related(nameof(IsGate), Vcpu, Slot);
        IsLong = Related(nameof(IsLong), Vcpu, Slot);
        Dpl = Related(nameof(Dpl), Vcpu, Slot, Ring);
        InLimit = Related(nameof(InLimit), Vcpu, Slot);

        Cpl = Mapped(nameof(Cpl), Vcpu, Ring);
        InKernel = Related(nameof(InKernel), Vcpu);
        OnKernelRoot = Related(nameof(OnKernelRoot), Vcpu);
        Code = Related(nameof(Code), Vcpu, Slot);
        Data = Related(nameof(Data), Vcpu, Slot);
        Long = Related(nameof(Long), Vcpu);
        Ip = Mapped(nameof(Ip), Vcpu, Address);
        Sp = Mapped(nameof(Sp), Vcpu, Address);
        Base = Mapped(nameof(Base), Vcpu, Address);
        Interruptible = Related(nameof(Interruptible), Vcpu);
        RealIopl = Related(nameof(RealIopl), Vcpu);
        Virtual8086 = Related(nameof(Virtual8086), Vcpu);
        Nested = Related(nameof(Nested), Vcpu);
        Reached = Related(nameof(Reached), Vcpu, Address);

        KernelStack = Mapped(nameof(KernelStack), Vcpu, Address);
        Handler = Related(nameof(Handler), Vcpu, Vector, Address);
        OpenToUser = Related(nameof(OpenToUser), Vcpu, Vector);
        OpenToKernel = Related(nameof(OpenToKernel), Vcpu, Vector);
        Masking = Related(nameof(Masking), Vcpu, Vector);
        Masked = Related(nameof(Masked), Vcpu);
        Iopl = Mapped(nameof(Iopl), Vcpu, Ring);

        InXen = Related(nameof(InXen), Vcpu);
        OnGuestStack = Related(nameof(OnGuestStack), Vcpu);
        Exposed = Related(nameof(Exposed), Vcpu);
        XenNested = Related(nameof(XenNested), Vcpu);
        Panicked = Related(nameof(Panicked), Vcpu);
        Crashed = Related(nameof(Crashed), Domain);
        Serving = Related(nameof(Serving), Vcpu);
        Consulted = Related(nameof(Consulted), Vcpu, Slot);
        Judged = Related(nameof(Judged), Vcpu, Ring);
        Copying = Related(nameof(Copying), Vcpu, Address);
        Raised = Related(nameof(Raised), Vcpu, Vector);
        Due = Related(nameof(Due), Vcpu, Vector);
        BySoftware = Related(nameof(BySoftware), Vcpu);
        Entered = Related(nameof(Entered), Vcpu, Vector);
        AtPorts = Related(nameof(AtPorts), Vcpu);
        Status = Related(nameof(Status), Vcpu);

        Enabled = Related(nameof(Enabled), Vcpu, Facility);
        Watched = Related(nameof(Watched), Vcpu, Address);
        Current = Related(nameof(Current), Processor, Vcpu);
        Lit = Related(nameof(Lit), Processor, Facility);
        Armed = Related(nameof(Armed), Processor, Address);
        Fpu = Related(nameof(Fpu), Processor, Vcpu);
    }

    /// <summary>The domain a vCPU belongs to; never changes.</summary>
    public Map Home { get; }

    /// <summary>A domain is a 32-bit guest; never changes.</summary>
    [Clause("RG-1")]
    public Relation Is32 { get; }

    /// <summary>An address that is Xen's in every address space; never changes.</summary>
    public Relation XensAddress { get; }

    /// <summary>An address that no instruction may hold in 64-bit mode; never changes.</summary>
    public Relation NonCanonical { get; }

    /// <summary>A bounce frame that begins at the one address may end at the other; never changes.</summary>
    public Relation FrameEnd { get; }

    /// <summary>The frame of an iret hypercall that begins at the one address has a word at the other; never changes.</summary>
    public Relation FrameWord { get; }

    /// <summary>After the word at the one address comes that at the other; never changes.</summary>
    public Relation Next { get; }

    /// <summary>A position of every descriptor table that is Xen's own; never changes, nor does what stands there.</summary>
    public Relation XensPosition { get; }

    /// <summary>A callback that the upcall mask holds back; never changes.</summary>
    public Relation IsEvent { get; }

    /// <summary>A vector that reaches a processor whatever its flags: a machine check, an NMI, a debug trap put off by a stack load.</summary>
    public Relation Unmaskable { get; }

    /// <summary>A vector for which the processor takes a stack of its own from Xen's TSS; never changes.</summary>
    public Relation OwnStack { get; }

    /// <summary>What a vCPU's descriptor tables have at a position is a code segment.</summary>
    public Relation IsCode { get; }

    /// <summary>It is a data segment.</summary>
    public Relation IsData { get; }

    /// <summary>It is a call gate.</summary>
    public Relation IsGate { get; }

    /// <summary>It is a segment of 64-bit code.</summary>
    public Relation IsLong { get; }

    /// <summary>The privilege level that the processor finds in the descriptor. At most one.</summary>
    public Relation Dpl { get; }

    /// <summary>A position lies within the limit that the guest set. What stands beyond is memory like any other.</summary>
    public Relation InLimit { get; }

    /// <summary>The privilege level that the guest runs at, or that its code selector says it is to go on at.</summary>
    public Map Cpl { get; }

    /// <summary>Xen takes the vCPU to be in its guest's kernel.</summary>
    [Clause("RG-1")]
    public Relation InKernel { get; }

    /// <summary>The page tables in use are those of the guest's kernel.</summary>
    public Relation OnKernelRoot { get; }

    /// <summary>The position that the code selector names. At most one.</summary>
    public Relation Code { get; }

    /// <summary>A position that a data selector names.</summary>
    public Relation Data { get; }

    /// <summary>The hidden part of the code selector says that code is 64-bit code.</summary>
    public Relation Long { get; }

    /// <summary>The next instruction.</summary>
    public Map Ip { get; }

    /// <summary>The stack pointer.</summary>
    public Map Sp { get; }

    /// <summary>The base of FS or GS.</summary>
    public Map Base { get; }

    /// <summary>The processor's IF.</summary>
    public Relation Interruptible { get; }

    /// <summary>The processor's IOPL is not 0.</summary>
    public Relation RealIopl { get; }

    /// <summary>The processor's VM.</summary>
    public Relation Virtual8086 { get; }

    /// <summary>The processor's NT, as the guest has it.</summary>
    public Relation Nested { get; }

    /// <summary>An address that the guest accessed last, or Xen for it.</summary>
    public Relation Reached { get; }

    /// <summary>Where bounce frames from user mode begin.</summary>
    public Map KernelStack { get; }

    /// <summary>Where the guest's kernel wants to be entered. At most one.</summary>
    public Relation Handler { get; }

    /// <summary>User code may raise the vector itself.</summary>
    public Relation OpenToUser { get; }

    /// <summary>The guest's kernel may raise the vector itself.</summary>
    public Relation OpenToKernel { get; }

    /// <summary>Entering the handler masks events.</summary>
    public Relation Masking { get; }

    /// <summary>The guest's virtual interrupt flag: events are held back.</summary>
    public Relation Masked { get; }

    /// <summary>The privilege level that ports were opened to.</summary>
    public Map Iopl { get; }

    /// <summary>Xen runs on behalf of the vCPU, or the vCPU does not run at all; else the guest runs.</summary>
    public Relation InXen { get; }

    /// <summary>Xen has the processor, and the stack pointer is still, or again, the guest's.</summary>
    public Relation OnGuestStack { get; }

    /// <summary>Xen's own frame was pushed to where the guest's stack pointer pointed.</summary>
    public Relation Exposed { get; }

    /// <summary>NT is set while Xen runs.</summary>
    public Relation XenNested { get; }

    /// <summary>Xen died while it ran on behalf of the vCPU.</summary>
    public Relation Panicked { get; }

    /// <summary>Xen gave a domain up.</summary>
    public Relation Crashed { get; }

    /// <summary>Xen carries out a hypercall of the vCPU's.</summary>
    public Relation Serving { get; }

    /// <summary>Xen is to go through a call gate for the vCPU, and has read its descriptor.</summary>
    public Relation Consulted { get; }

    /// <summary>The level of an iret frame that Xen found to be the guest's, until the guest goes on or is sent elsewhere. At most one.</summary>
    public Relation Judged { get; }

    /// <summary>The word of an iret frame that Xen is copying. At most one.</summary>
    public Relation Copying { get; }

    /// <summary>Xen's record of what is to be delivered next. At most one.</summary>
    public Relation Raised { get; }

    /// <summary>It came to pass and has not been delivered; no step asks, an invariant does.</summary>
    public Relation Due { get; }

    /// <summary>What is to be delivered was raised by INT.</summary>
    public Relation BySoftware { get; }

    /// <summary>A frame was made for the vector, and the guest has not gone on yet; no step but returns asks, an invariant does.</summary>
    public Relation Entered { get; }

    /// <summary>Xen is carrying out an instruction on ports, or one that IOPL governs.</summary>
    public Relation AtPorts { get; }

    /// <summary>The guest set bits of its debug status itself.</summary>
    public Relation Status { get; }

    /// <summary>The guest's kernel lets its programs use a facility.</summary>
    public Relation Enabled { get; }

    /// <summary>The guest set a breakpoint.</summary>
    public Relation Watched { get; }

    /// <summary>A processor runs a vCPU. At most one each way.</summary>
    public Relation Current { get; }

    /// <summary>A processor's control registers have a facility switched on.</summary>
    public Relation Lit { get; }

    /// <summary>A processor's debug registers have a breakpoint.</summary>
    public Relation Armed { get; }

    /// <summary>Who left the floating-point registers of a processor as they are; nobody where they are as after a reset. At most one.</summary>
    public Relation Fpu { get; }

    /// <summary>An equal state that changes on its own.</summary>
    public RingState<Bit, Word, Relation, Map> Copy() => new(CopyOfRelation, CopyOfMap);
}
