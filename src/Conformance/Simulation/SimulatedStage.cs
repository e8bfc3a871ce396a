using Conformance.Bridge;
using Conformance.Faults;
using Conformance.Scripts;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;
using Implementation.Memory;
using Model;
using Model.Faults;
using Model.Rings.Faults;
using PageType = Model.PageType;

namespace Conformance.Simulation;

/// <summary>A machine of our hypervisor in the state that <see cref="StageFrame"/> describes, with the model beside it.</summary>
internal sealed class SimulatedStage : IDisposable
{
    /// <summary>Frames of Xen's own: its tables, what it shares with a domain, and what the builder wants free beside.</summary>
    private const int XensFrames = 160, SharedFrames = 8;

    /// <summary>Present, writable, user, accessed, dirty.</summary>
    private const ulong EntryBits = 0x67;

    private readonly ulong[][] _frames;
    private readonly bool[][] _isGone;
    private readonly List<uint>[] _ports;
    private readonly ulong[][] _buffers;
    private readonly GuardedObserver _guard;
    private readonly Entry[] _programs;
    private readonly ulong _xenFrame;

    public SimulatedStage(StageShape shape, SimulatorOptions options)
    {
        Shape = shape;
        Layout = new(shape);
        Watch = new(shape.Domains, options.ModelFault is { } mistake ? Fault.Find(mistake) : null)
        {
            WatchesRings = options.Path == Path.Executed,
            RingFault = options.RingFault is { } ringFault ? RingFault.Find(ringFault) : null,
        };
        _guard = new(Watch);
        Xen = new(
            new()
            {
                MemoryFrames = (ulong)(XensFrames + (shape.Domains * (Layout.Frames + SharedFrames))),
                Seed = options.Seed,
                PageTables = options.PageTables ?? (options.Fault is { } fault ? FaultCatalogue.Make(fault) : null),
            },
            _guard);
        DomainConfig config = new()
        {
            Image = StageImage.Make(Layout),
            ImageName = "stage",
            MemoryPages = (ulong)Layout.Frames,
            Vcpus = shape.Vcpus,
            VcpusUp = shape.Vcpus,
        };
        for (int d = 0; d < shape.Domains; d++) DomainBuilder.Build(Xen, config);

        _xenFrame = Enumerable.Range(1, (int)Xen.Memory.Frames - 1).Select(f => (ulong)f).First(f => Xen.Frames[f].Owner == FrameTable.DomidXen);
        _frames = [.. Xen.Domains.Select(NameFrames)];
        _isGone = [.. Xen.Domains.Select(_ => new bool[StageFrame.Count])];
        _ports = [.. Xen.Domains.Select(_ => new List<uint>())];
        _buffers = [.. Xen.Domains.Select(d => d.Vcpus.Select(v => MfnAt(d, Layout.Buffer(v.Id))).ToArray())];
        foreach (Domain domain in Xen.Domains.Where(d => d.Is32Bit)) OpenToApplications(domain);
        _programs = [.. Xen.Domains.Select(d => ProgramEntry(d.Vcpus[0].KernelRootMfn))];
        foreach (Domain domain in Xen.Domains) Prepare(domain);
    }

    public StageShape Shape { get; }

    public StageLayout Layout { get; }

    public Xen Xen { get; }

    public ModelWatch Watch { get; }

    public Machine Model => Watch.Model;

    /// <summary>What roots are in use as.</summary>
    public PageType RootType => Shape.Space.IsNarrow ? PageType.L3 : PageType.L4;

    /// <summary>What the watch threw, which is a mistake of ours; null if nothing.</summary>
    public Exception? WatchFailure => _guard.Failure;

    /// <summary>A domain of the stage; numbers beyond the last begin anew.</summary>
    public Domain DomainOf(int domain) => Xen.Domains[Place(domain)];

    public Vcpu VcpuOf(Act act)
    {
        Vcpu[] vcpus = DomainOf(act.Domain).Vcpus;
        return vcpus[act.Vcpu % vcpus.Length];
    }

    /// <summary>What an operand that names a frame stands for now.</summary>
    public ulong FrameOf(int domain, int index) => _frames[Place(domain)][Math.Min(index, StageFrame.Count - 1)];

    /// <summary>What an address stands for now: of a 32-bit domain no more than its registers hold.</summary>
    public ulong ResolveAddress(Vcpu vcpu, in Operand operand) => Resolve(vcpu, operand) & Shape.Space.MostWord;

    /// <summary>What an operand stands for now.</summary>
    public ulong Resolve(Vcpu vcpu, in Operand operand) => operand.Kind switch
    {
        Reference.Frame => FrameOf(operand.Domain, operand.Index),
        Reference.Machine => unchecked((FrameOf(operand.Domain, operand.Index) << 12) + operand.Bits),
        Reference.Buffer => unchecked(Layout.Buffer(vcpu.Id) + operand.Bits),
        Reference.Port => PortsOf(operand.Domain) is { Count: > 0 } ports ? ports[operand.Index % ports.Count] : 0,
        Reference.Domain => DomainOf(operand.Domain).Id,
        _ => operand.Bits,
    };

    public IReadOnlyList<uint> PortsOf(int domain) => _ports[Place(domain)];

    /// <summary>The machine frame of a vCPU's buffer of arguments.</summary>
    public ulong BufferFrame(Vcpu vcpu) => _buffers[Place(vcpu.Domain.Id)][vcpu.Id];

    /// <summary>The machine frame behind an address of a domain's program, as the builder mapped it.</summary>
    public static ulong MfnAt(Domain domain, ulong linear) =>
        domain.Vcpus[0].Cpu.TryTranslate(linear, AccessKind.Read, out ulong address, out _)
            ? address >> PhysicalMemory.PageShift
            : throw new InvalidOperationException($"the program has no page at {linear:x}");

    /// <summary>Whether a frame, read as a root, leads to the domain's program as the root that the domain began with does.</summary>
    /// <remarks>What is in a root is the model's to say; what is in other memory it does not know.</remarks>
    public bool LeadsToProgram(Domain domain, ulong frame) => ProgramEntry(frame) == _programs[Place(domain.Id)];

    /// <summary>A domain was given a port that operands may name from now on, if it has not as many as there are names for.</summary>
    public void AddPort(Domain domain, uint port)
    {
        List<uint> ports = _ports[Place(domain.Id)];
        if (ports.Count < Stage.Ports) ports.Add(port);
    }

    /// <summary>A domain was given a frame: it takes over the lowest index whose frame has been given back, if there is one.</summary>
    public void AddFrame(Domain domain, ulong mfn)
    {
        int at = Array.IndexOf(_isGone[Place(domain.Id)], true);
        if (at < 0) return;
        _isGone[Place(domain.Id)][at] = false;
        _frames[Place(domain.Id)][at] = mfn;
    }

    /// <summary>Notes which frames of the pool a domain has given back.</summary>
    public void NoteGone(Domain domain)
    {
        int place = Place(domain.Id);
        for (int i = 0; i < StageFrame.Pool; i++)
        {
            ref readonly FrameInfo frame = ref Xen.Frames[_frames[place][i]];
            if (frame.Owner != domain.Id || !frame.IsAllocated) _isGone[place][i] = true;
        }
    }

    /// <summary>Calls a hypercall to its end, its continuations included.</summary>
    public long Call(Vcpu vcpu, HypercallRegisters call)
    {
        while (true)
        {
            long answer = Table.Invoke(Xen, vcpu, call, inMulticall: false);
            if (vcpu.Continuation is not { } rest) return answer;
            vcpu.Continuation = null;
            call = rest;
        }
    }

    public void Dispose() => Xen.Dispose();

    private Entry ProgramEntry(ulong root)
    {
        int levels = Shape.Space.Levels, slot = Pte.Slot(Layout.Base, levels);
        bool isRoot = Model.View(new(root)) is { TypeCount: > 0 } view && view.Type == RootType;
        Entry entry = isRoot ? Model.EntryOf(new(root), slot) : PageEntry.Read(Xen.Memory.Entries(root)[slot], levels);
        return entry with { Flags = entry.Flags & ~(EntryFlags.Accessed | EntryFlags.Dirty) };
    }

    private int Place(int domain) => (domain + Shape.Domains - 1) % Shape.Domains;

    /// <summary>The pool is the memory that the builder gave the domain and mapped nowhere, in the order of its pseudo-physical numbers.</summary>
    private ulong[] NameFrames(Domain domain)
    {
        ulong[] frames = new ulong[StageFrame.Count];
        for (ulong mfn = 0; mfn < Xen.Memory.Frames; mfn++)
        {
            if (Xen.Frames[mfn].Owner != domain.Id || Xen.Frames[mfn].IsXenHeap) continue;
            ulong pfn = Xen.MachineToPhys[mfn];
            if (pfn >= (ulong)Layout.MappedPages) frames[pfn - (ulong)Layout.MappedPages] = mfn;
        }

        frames[StageFrame.Root] = domain.Vcpus[0].KernelRootMfn;
        frames[StageFrame.SharedInfo] = domain.SharedInfoMfn;
        frames[StageFrame.Xen] = _xenFrame;
        return frames;
    }

    /// <summary>Brings a domain from what the builder left into the state of the stage, by its own hypercalls.</summary>
    private void Prepare(Domain domain)
    {
        const ulong vmAssist = 21, enable = 0, writablePageTables = 2;

        ulong[] frames = _frames[Place(domain.Id)];
        Must(Call(domain.Vcpus[0], new(vmAssist, enable, writablePageTables, 0, 0, 0)), "vm_assist");
        Link(domain, frames[StageFrame.L1], 0, frames[StageFrame.Data]);
        Link(domain, frames[StageFrame.L2], 0, frames[StageFrame.L1]);
        if (Shape.Space.IsNarrow)
        {
            // An entry of a root of four has no other bits, and its table serves applications too.
            Link(domain, frames[StageFrame.Root], Shape.Space.WindowSlot, frames[StageFrame.L2], Pte.Present);
            return;
        }

        Link(domain, frames[StageFrame.L3], 0, frames[StageFrame.L2]);
        Link(domain, frames[StageFrame.Root], Shape.Space.WindowSlot, frames[StageFrame.L3]);
        foreach (Vcpu vcpu in domain.Vcpus) UseAsUserRoot(vcpu, frames[StageFrame.Root]);
    }

    /// <summary>The builder maps a 32-bit kernel for ring 1 alone: what applications execute, read and write of its program they get here.</summary>
    private void OpenToApplications(Domain domain)
    {
        const ulong updateVaMapping = 14, userBit = 1 << 2;

        for (ulong page = 0; page < (ulong)Layout.ImagePages; page++)
        {
            ulong linear = Layout.Base + (page * StageLayout.PageSize), entry = (MfnAt(domain, linear) << PhysicalMemory.PageShift) | EntryBits | userBit;
            Must(Call(domain.Vcpus[0], new(updateVaMapping, linear, (uint)entry, entry >> 32, 0, 0)), "update_va_mapping");
        }
    }

    private void Link(Domain domain, ulong table, int slot, ulong target, ulong bits = EntryBits)
    {
        const ulong mmuUpdate = 1;

        Vcpu vcpu = domain.Vcpus[0];
        Xen.Memory.Write64(BufferFrame(vcpu) << PhysicalMemory.PageShift, (table << 12) + ((ulong)slot * 8));
        Xen.Memory.Write64((BufferFrame(vcpu) << PhysicalMemory.PageShift) + 8, (target << 12) | bits);
        Must(Call(vcpu, new(mmuUpdate, Layout.Buffer(vcpu.Id), 1, 0, Domain.DomidSelf, 0)), "mmu_update");
    }

    private void UseAsUserRoot(Vcpu vcpu, ulong root)
    {
        const ulong mmuExtOp = 26, newUserBase = 15;

        Xen.Memory.Write64(BufferFrame(vcpu) << PhysicalMemory.PageShift, newUserBase);
        Xen.Memory.Write64((BufferFrame(vcpu) << PhysicalMemory.PageShift) + 8, root);
        Must(Call(vcpu, new(mmuExtOp, Layout.Buffer(vcpu.Id), 1, 0, Domain.DomidSelf, 0)), "mmuext_op");
    }

    private void Must(long answer, string call)
    {
        if (_guard.Failure is { } e) throw new InvalidOperationException($"the watch failed while the stage was set: {e.Message}", e);
        if (Watch.Finding is { } finding) throw new InvalidOperationException($"setting the stage is refuted: {finding.Claim} {finding.Says}");
        if (answer != 0) throw new InvalidOperationException($"setting the stage: {call} answered {answer}");
    }
}
