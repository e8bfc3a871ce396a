using Model.Domains;
using Model.Domains.Concrete;
using Rings = Model.Rings.RingState<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using Steps = Model.Rings.RingSteps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Conformance.Traps;

/// <summary>What becomes of a trap, as the model has it.</summary>
/// <param name="WasKernel">whom the frame says was interrupted</param>
/// <param name="WasMasked">the frame's IF is clear</param>
/// <param name="IsRegistered">the frame is on the registered stack, and not on the one that the kernel stood on</param>
/// <param name="IsMasked">events are masked in the handler</param>
internal sealed record Delivery(int Vector, bool WasKernel, bool WasMasked, bool IsRegistered, bool IsMasked);

/// <summary>One vCPU of ring protection's model: a guest registers its handlers, runs in some mode, and traps.</summary>
/// <remarks>Every change of the state but its beginning is a step of the model's text.</remarks>
internal sealed class TrapWorld
{
    private const int Vcpu = 0, Processor = 0, Guest = 1, Ring3 = 3;

    /// <summary>Positions: the code that Xen lends the guest's kernel, and its programs.</summary>
    private const int KernelCode = 0, UserCode = 1;

    /// <summary>Addresses: code, and the two stacks with the ends of ever deeper frames on them.</summary>
    private const int Code = 0, Handler = 1, UserStack = 2, Own = 3, Registered = Own + Depth, Addresses = Registered + Depth, Depth = 8;

    private readonly Circumstances _circumstances;
    private readonly Rings _state;
    private readonly Steps _steps;

    /// <summary>A guest that has registered handlers and a stack, and has gone to the mode.</summary>
    public TrapWorld(Circumstances circumstances, IEnumerable<Gate> gates)
    {
        _circumstances = circumstances;
        _state = new((_, _) => new(new Points()), (_, from, _) => new(new Column(from == Sort.Domain ? 2 : 1, 0, null)));
        _steps = new(_state);
        Begin();

        Take(_steps.BeginHypercall(Vcpu));
        foreach (Gate gate in gates) Take(_steps.SetHandler(Vcpu, gate.Vector, Handler, gate.Level == Ring3, gate.Level >= 1, gate.Masks));
        Take(_steps.SetKernelStack(Vcpu, Registered));
        Resume(_circumstances.IsUser, _circumstances.IsMasked, _circumstances.IsUser ? UserStack : Own);
    }

    private int KernelRing => _circumstances.Is32Bit ? 1 : Ring3;

    /// <summary>An exception, or an interrupt that Xen's own gate lets through.</summary>
    /// <returns>null: the domain is given up</returns>
    public Delivery? Trap(int vector)
    {
        Take(_steps.Trap(Vcpu));
        Take(_steps.Reflect(Vcpu, vector));
        return Enter(vector);
    }

    /// <summary>INT n that the guest's own gate lets through.</summary>
    /// <param name="delivery">null: the domain is given up</param>
    /// <returns>false: the gate is closed to the mode, and nothing happened</returns>
    public bool TryInterrupt(int vector, out Delivery? delivery)
    {
        bool may = _steps.Interrupt(Vcpu, vector);
        delivery = may ? Enter(vector) : null;
        return may;
    }

    /// <summary>The guest's kernel moves its stack pointer before it traps again.</summary>
    public void MoveStack(bool isRegistered) => Take(_steps.MoveStack(Vcpu, (isRegistered ? Registered : Own) + Depth - 2));

    /// <summary>The handler returns to where it was entered from.</summary>
    public void Return(Delivery from)
    {
        Call();
        Resume(!from.WasKernel, from.WasMasked, from.WasKernel ? Own : UserStack);
    }

    /// <summary>The iret hypercall, from a frame in such memory that names such a level.</summary>
    /// <returns>whether the domain is given up</returns>
    public bool IsGivenUpAtIret(Memory frame, int level)
    {
        _state.XensAddress.Assign(true, frame == Memory.Xens, Own);
        Take(_steps.MoveStack(Vcpu, Own));
        Call();
        return _steps.CrashAtIret(Vcpu, level, faults: frame == Memory.Unwritable); // TR-11.c
    }

    private void Begin()
    {
        _state.Home.Assign(true, Vcpu, Guest);
        _state.Is32.Assign(true, _circumstances.Is32Bit, Guest);
        foreach ((int position, int ring) in ((int, int)[])[(KernelCode, KernelRing), (UserCode, Ring3)])
        {
            _state.XensPosition.Assign(true, true, position);
            _state.IsCode.Assign(true, true, Vcpu, position);
            _state.IsLong.Assign(true, !_circumstances.Is32Bit, Vcpu, position);
            _state.Dpl.Assign(true, true, Vcpu, position, ring);
        }

        foreach (int stack in (int[])[Own, Registered])
        {
            for (int i = 0; i < Depth - 1; i++) _state.FrameEnd.Assign(true, true, stack + i, stack + i + 1);
        }

        _state.XensAddress.Assign(true, _circumstances.Stack == Memory.Xens, _circumstances.IsUser ? Registered : Own);
        _state.Cpl.Assign(true, Vcpu, KernelRing);
        _state.Code.Assign(true, true, Vcpu, KernelCode);
        _state.InKernel.Assign(true, true, Vcpu);
        _state.OnKernelRoot.Assign(true, true, Vcpu);
        _state.InXen.Assign(true, true, Vcpu);
        _state.Current.Assign(true, true, Processor, Vcpu);
    }

    private void Call()
    {
        Take(_steps.Trap(Vcpu));
        Take(_steps.BeginHypercall(Vcpu));
    }

    /// <summary>The iret hypercall, from a frame that is in order; a frame on a stack that is not must not be asked for.</summary>
    private void Resume(bool isUser, bool isMasked, int stack)
    {
        _state.Sp.Assign(true, Vcpu, Code);
        (int position, int ring) = isUser ? (UserCode, Ring3) : (KernelCode, KernelRing);
        Take(_steps.Iret(Vcpu, position, ring, again: ring, Code, stack, !isUser, !isMasked, iopl: false, nested: false, virtual8086: false));
        Take(_steps.Leave(Processor, Vcpu, position));
    }

    private Delivery? Enter(int vector)
    {
        bool wasKernel = _state.InKernel[Vcpu], wasMasked = _state.Masked[Vcpu];
        // Which addresses the frame may have, the guard of the step alone says.
        for (int stack = Own; stack < Addresses - 1; stack++)
        {
            if (_steps.Crash(Vcpu, vector, stack, stack + 1, faults: _circumstances.Stack == Memory.Unwritable)) return null;
            if (!_steps.Deliver(Vcpu, vector, Handler, KernelCode, stack, stack + 1)) continue;

            Take(_steps.Leave(Processor, Vcpu, KernelCode));
            if (_state.Nested[Vcpu] || _state.Virtual8086[Vcpu] || !_state.InKernel[Vcpu] || _state.Cpl[Vcpu].Value != KernelRing)
                throw new InvalidOperationException("a handler does not run as TR-10 says");
            return new(vector, wasKernel, wasMasked, stack >= Registered, _state.Masked[Vcpu]);
        }

        throw new InvalidOperationException($"the model neither delivers vector {vector} nor gives the domain up");
    }

    private static void Take(Truth may)
    {
        if (!may) throw new InvalidOperationException("a step of the model is refused where the case needs it");
    }
}
