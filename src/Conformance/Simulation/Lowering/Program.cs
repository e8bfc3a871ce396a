using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Implementation.Memory;

namespace Conformance.Simulation.Lowering;

/// <summary>The program of one vCPU: its pages in guest memory, seen from outside, and the ways to run it.</summary>
internal sealed class Program
{
    /// <summary>RFLAGS at the beginning of each act: IF, and bit 1, which is always set.</summary>
    private const ulong Flags = 0x202;

    private readonly Vcpu _vcpu;
    private readonly ProgramPages _pages;
    private readonly Stubs _stubs;
    private readonly ulong[] _frames;

    /// <summary>Puts handlers and gates into guest memory and has the guest register them with Xen.</summary>
    /// <param name="vcpu">as the builder left it, and every page of the program mapped read-write</param>
    public Program(Vcpu vcpu, ProgramPages pages, Stubs stubs)
    {
        (_vcpu, _pages, _stubs) = (vcpu, pages, stubs);
        _frames = [.. Enumerable.Range(0, (int)((pages.StackTop - pages.Code) / ProgramPages.PageSize)).Select(FrameOf)];
        Put(pages.Code, stubs.Code);
        Put(pages.TrapTable, stubs.TrapTable);
        Put(pages.Callbacks, stubs.Callbacks);
        FrameAt(pages.Buffer).Clear();
        Put64(pages.GateRecord + ProgramPages.Resume, stubs.Marker);
        Register();
    }

    public ProgramPages Pages => _pages;

    /// <summary>Has the guest tell Xen again of its handlers and its stack: a script may have named others.</summary>
    public void Register()
    {
        if (Gate(_stubs.Registration).Kind != StepKind.Done) throw new LostException("the program could not register its handlers");
    }

    /// <summary>Takes a vCPU that waits on, and delivers an event that is due.</summary>
    public void Settle()
    {
        if (_vcpu.State is VcpuState.Runnable && _vcpu.Info is not { UpcallPending: true, UpcallMask: false }) return;
        _ = Gate(_stubs.Marker);
    }

    /// <summary>Runs one of the gates of <see cref="Stubs"/>.</summary>
    /// <returns>how it came out, with what it left in RAX</returns>
    /// <exception cref="LostException">it did not come to its end</exception>
    public StepResult Gate(ulong gate, ulong rdi = 0, ulong rsi = 0, ulong rax = 0, ulong rcx = 0, ulong rdx = 0)
    {
        Processor cpu = _vcpu.Cpu;
        for (int i = 0; i < 16; i++) cpu[(Gpr)i] = 0;
        (cpu[Gpr.Rdi], cpu[Gpr.Rsi], cpu[Gpr.Rax], cpu[Gpr.Rcx], cpu[Gpr.Rdx]) = (rdi, rsi, rax, rcx, rdx);
        Put64(_pages.Current, _pages.GateRecord);
        Put64(_pages.GateRecord + ProgramPages.Kind, 0);
        return Run(gate, _stubs.Marker, _pages.GateRecord) ?? new(StepKind.Done, unchecked((long)cpu[Gpr.Rax]));
    }

    /// <summary>Goes on as a frame says.</summary>
    /// <exception cref="LostException">it did not come to its end</exception>
    public StepResult Return(in ReturnFrame frame)
    {
        Gates gates = _stubs.Gates ?? throw new InvalidOperationException("a 32-bit program has no gates");
        ulong[] words = WideHandlerWriter.WordsOf(frame, _pages, gates.Returned);
        Put(_pages.ReturnFrame, MemoryMarshal.AsBytes(words.AsSpan()));
        return Gate(gates.Return);
    }

    /// <summary>Runs an act of a sheet.</summary>
    /// <exception cref="LostException">it did not come to its end</exception>
    public StepResult Run(Sheet sheet, int act)
    {
        int at = act - sheet.First;
        return Run(sheet.Entries[at], sheet.Markers[at], _pages.Record(at), isCall: sheet.Recipes[at] is not null) ?? throw new LostException("the act left no record");
    }

    /// <summary>Puts a sheet into guest memory, and its acts' places to go on at into their records.</summary>
    public void Load(Sheet sheet)
    {
        Put(_pages.Sheet, sheet.Code);
        for (int i = 0; i < sheet.Count; i++)
        {
            Put64(_pages.Record(i) + ProgramPages.Kind, 0);
            Put64(_pages.Record(i) + ProgramPages.Resume, sheet.Markers[i]);
        }
    }

    /// <summary>Frame numbers and ports, where the program looks them up.</summary>
    public void Tell(int domain, Func<int, int, ulong> frameOf, IReadOnlyList<uint> ports)
    {
        Span<ulong> frames = MemoryMarshal.Cast<byte, ulong>(At(_pages.Frame(domain, 0), StageFrame.Count * sizeof(ulong)));
        for (int i = 0; i < frames.Length; i++) frames[i] = frameOf(domain, i);
        Span<byte> to = At(_pages.Ports(domain), sizeof(ulong) + (Stage.Ports * sizeof(uint)));
        BinaryPrimitives.WriteInt32LittleEndian(to, ports.Count);
        for (int i = 0; i < ports.Count; i++) BinaryPrimitives.WriteUInt32LittleEndian(to[(8 + (i * 4))..], ports[i]);
        _vcpu.Domain.Xen.Memory.Written(MfnOf(_pages.Current));
    }

    /// <param name="isCall">a vCPU that is down before it can write its record has its answer in RAX</param>
    /// <returns>what the record says; null if nothing</returns>
    private StepResult? Run(ulong from, ulong marker, ulong record, bool isCall = false)
    {
        Processor cpu = _vcpu.Cpu;
        cpu.Rip = from;
        cpu[Gpr.Rsp] = _vcpu.InKernelMode ? _pages.KernelStack : _pages.UserStack;
        cpu.Rflags = Flags;
        LoadFlat();
        _vcpu.Domain.Xen.Observer?.ContextSet(_vcpu);
        switch (Pacer.Run(_vcpu, marker, _stubs.Event))
        {
            case Pause.Ended:
                return new(StepKind.Crashed, 0);
            case Pause.Down:
                return isCall ? new(StepKind.Answered, Answer(cpu[Gpr.Rax])) : new(StepKind.Done, 0);
            case Pause.Lost:
                throw new LostException($"guest code from 0x{from:x} on did not come to its end; it stands at 0x{cpu.Rip:x}");
        }

        StepKind kind = (StepKind)Get64(record + ProgramPages.Kind);
        return kind == StepKind.LeftOut ? null : new(kind, unchecked((long)Get64(record + ProgramPages.Value)));
    }

    private long Answer(ulong register) => unchecked(_pages.Mode == DomainKind.Pv32Pae ? (int)register : (long)register);

    /// <summary>What was played before may have gone on in other segments.</summary>
    private void LoadFlat()
    {
        if (_pages.Mode == DomainKind.Pv64)
        {
            Load(SegmentRegister.Cs, WideHandlerWriter.UserCode);
            Load(SegmentRegister.Ss, WideHandlerWriter.UserStack);
            return;
        }

        bool inKernel = _vcpu.InKernelMode;
        _vcpu.Cpu.Cpl = inKernel ? 1 : 3;
        Load(SegmentRegister.Cs, inKernel ? NarrowHandlerWriter.KernelCode : NarrowHandlerWriter.UserCode);
        Load(SegmentRegister.Ss, inKernel ? NarrowHandlerWriter.KernelStack : NarrowHandlerWriter.UserData);
        // These outlast every change of level.
        Load(SegmentRegister.Ds, NarrowHandlerWriter.UserData);
        Load(SegmentRegister.Es, NarrowHandlerWriter.UserData);
    }

    private void Load(SegmentRegister register, ushort selector)
    {
        if (_vcpu.Cpu.GetSelector(register) != selector) _vcpu.Cpu.SetSelector(register, selector);
    }

    private ulong Get64(ulong linear) => BinaryPrimitives.ReadUInt64LittleEndian(At(linear, sizeof(ulong)));

    private void Put64(ulong linear, ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(At(linear, sizeof(ulong)), value);
        _vcpu.Domain.Xen.Memory.Written(MfnOf(linear));
    }

    private void Put(ulong linear, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, ProgramPages.PageSize - (int)(linear & (ProgramPages.PageSize - 1)));
            bytes[..length].CopyTo(At(linear, length));
            _vcpu.Domain.Xen.Memory.Written(MfnOf(linear));
            bytes = bytes[length..];
            linear += (ulong)length;
        }
    }

    private Span<byte> At(ulong linear, int length) => FrameAt(linear).Slice((int)(linear & (ProgramPages.PageSize - 1)), length);

    private Span<byte> FrameAt(ulong linear) => _vcpu.Domain.Xen.Memory.Frame(MfnOf(linear));

    private ulong MfnOf(ulong linear) => _frames[(linear - _pages.Code) >> ProgramPages.PageShift];

    private ulong FrameOf(int page) =>
        _vcpu.Cpu.TryTranslate(_pages.Code + ((ulong)page << ProgramPages.PageShift), AccessKind.Write, out ulong address, out _)
            ? address >> PhysicalMemory.PageShift
            : throw new InvalidOperationException($"page {page} of the program is missing");
}
