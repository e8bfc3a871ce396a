using Model;
using Model.Domains.Concrete;
using Model.Faults;
using Program = Model.Programs.Program;

namespace Checking.Tests.Refinement;

/// <summary>A machine whose every request is done a second time, by the steps that it took, on a state of its own.</summary>
/// <remarks>The first thing that does not agree ends the test that uses it, with what was asked last.</remarks>
internal sealed class ReplayedMachine
{
    private readonly Recorder _recorder;
    private readonly Machine _machine;
    private readonly RecordedSteps _recorded;
    private readonly Universe _universe;
    private readonly WholeState _whole;
    private readonly ConcreteState _replica;
    private readonly ConcreteSteps _again;

    /// <param name="fault">a mistake that the machine makes and the replay does not</param>
    public ReplayedMachine(MachineShape shape, Action<Machine> boot, Fault? fault = null)
        : this(new Recorder(fault), recorder =>
        {
            Machine machine = new(shape with { Steps = recorder.Make });
            boot(machine);
            return machine;
        })
    {
    }

    private ReplayedMachine(Recorder recorder, Func<Recorder, Machine> make, WholeState? whole = null)
    {
        _recorder = recorder;
        _machine = make(recorder);
        _recorded = recorder.Made;
        _recorded.Log.Clear();
        _universe = _machine.Shape.Universe;
        _whole = whole ?? new(_universe);
        _replica = _machine.State.Copy();
        _again = new(_replica);
    }

    /// <summary>What does the requests.</summary>
    public Machine Machine => _machine;

    /// <summary>The steps that were taken again, of all requests together.</summary>
    public long StepsReplayed { get; private set; }

    /// <summary>Is told the name of each step that was taken again.</summary>
    public Action<string>? Replayed { get; set; }

    /// <summary>The whole state as a text.</summary>
    public string Key => _whole.Key(_machine.State);

    /// <summary>An equal machine that changes on its own.</summary>
    public ReplayedMachine Copy() => new(_recorder, _ => _machine.Patched([]), _whole);

    /// <summary>Does a request, and checks all that refinement promises of it.</summary>
    public Answer Perform(Request request)
    {
        Answer answer = _machine.Perform(request);
        if (!answer.IsSuccess) AssertUndone(request, answer);
        Replay(() => $"{request.Caller} {request.Describe()} = {answer}");
        return answer;
    }

    /// <summary>Does what no request is: a walk, a store, a load.</summary>
    public bool Do(Func<string> what, Func<Machine, bool> act)
    {
        bool done = act(_machine);
        Replay(() => $"{what()}: {done}");
        return done;
    }

    /// <summary>Takes the steps again that were taken; everything must come to be as the machine has it.</summary>
    private void Replay(Func<string> what)
    {
        foreach (Step step in _recorded.Log)
        {
            if (!step.Take(_again)) Assert.Fail($"{what()}: {step.Name} is refused when it is taken again");
            AssertCounted(what, step.Name);
            Replayed?.Invoke(step.Name);
        }

        StepsReplayed += _recorded.Log.Count;
        _recorded.Log.Clear();
        AssertNone(_whole.Differences(_machine.State, _replica), () => $"{what()}: the state is not what the steps make of it");
        AssertAtRest(what);
    }

    /// <summary>Every count is what a count of the holders, one by one, comes to.</summary>
    private void AssertCounted(Func<string> what, string step)
    {
        ConcreteState s = _replica;
        for (int f = 0; f < _universe.Frames; f++)
        {
            int allocated = s.Allocated[f] ? 1 : 0, shared = s.Shared[f] ? 1 : 0, pinned = s.Pinned[f] ? 1 : 0;
            int references = allocated + pinned, types = shared + pinned;
            for (int v = 0; v < _universe.Vcpus; v++)
            {
                int both = Count(s.KernelBase[v, f]) + Count(s.UserBase[v, f]) + Count(s.VcpuInfo[v, f]) + Positions(s.Descriptors, v, f);
                references += both + Count(s.Taken[v, f]) + Count(s.Leaving[v, f]);
                types += both + Count(s.TakenType[v, f]) + Count(s.LeavingType[v, f]);
            }

            for (int table = 0; table < _universe.Frames; table++)
            {
                references += Positions(s.Holder, table, f);
                types += Positions(s.TypeHolder, table, f);
            }

            if (s.RefCount[f].Value != references || s.TypeCount[f].Value != types)
                Assert.Fail($"{what()}: after {step} frame {f} counts {s.RefCount[f]} and {s.TypeCount[f]}; it has {references} and {types} holders");
        }
    }

    private int Positions(Facts relation, int row, int f)
    {
        int count = 0;
        for (int slot = 0; slot < _universe.Slots; slot++) count += Count(relation[row, slot, f]);
        return count;
    }

    private static int Count(Truth held) => held ? 1 : 0;

    /// <summary>Nothing is in hands, and nothing on its way into or out of a type.</summary>
    private void AssertAtRest(Func<string> what)
    {
        ConcreteState s = _machine.State;
        for (int f = 0; f < _universe.Frames; f++)
        {
            if (s.Partial[f] | s.Stale[f]) Assert.Fail($"{what()}: frame {f} is left partial");
            if (!(s.Taken.Empty(null, f) & s.TakenType.Empty(null, f) & s.Leaving.Empty(null, f) & s.LeavingType.Empty(null, f)))
                Assert.Fail($"{what()}: frame {f} is left in hands");
        }
    }

    /// <summary>A refused request leaves what its elements before the refused one left, and that alone.</summary>
    /// <remarks>The replica is still as the machine was before the request.</remarks>
    private void AssertUndone(Request request, Answer answer)
    {
        ConcreteState expected = answer.Done > 0 || answer.Rax == -(long)Errno.EFAULT ? Expected(request, answer.Done) : _replica;
        AssertNone(
            _whole.Differences(_machine.State, expected).Where(d => !IsAllowed(d)),
            () => $"{request.Caller} {request.Describe()} = {answer}: not undone");
    }

    /// <summary>A type that nothing holds; translations forgotten; the bits of PT-21 in entries that were audited before the refusal.</summary>
    private bool IsAllowed(Difference d) => d.Name switch
    {
        nameof(ConcreteState.Type) or nameof(ConcreteState.Valid) => _machine.State.TypeCount[d.At.A].Value == 0,
        nameof(ConcreteState.CachedRead) or nameof(ConcreteState.CachedWrite) or nameof(ConcreteState.Reached) => d.One == 0,
        nameof(ConcreteState.User) or nameof(ConcreteState.Global) or nameof(ConcreteState.GuestKernel) or nameof(ConcreteState.Accessed) => d.One == 1,
        _ => false,
    };

    /// <summary>What the elements that succeeded make of the state before the request.</summary>
    private ConcreteState Expected(Request request, int done)
    {
        ConcreteState state = _replica.Copy();
        Program program = new(_universe, state, new(state));
        _ = request switch
        {
            MmuUpdate r => program.Perform(r with { Updates = [.. r.Updates.Take(done)] }, new(r, null)),
            MmuExtOp r => program.Perform(r with { Ops = [.. r.Ops.Take(done)] }, new(r, null)),
            UpdateVaMapping r => program.Perform(r with { VcpusReadable = true, Flush = FlushKind.None }),
            _ => throw new InvalidOperationException($"{request.Describe()} is no batch and cannot succeed in part"),
        };
        return state;
    }

    /// <summary>Makes the steps of a machine and of its copies.</summary>
    private sealed class Recorder(Fault? fault)
    {
        /// <summary>Those that were made last.</summary>
        public RecordedSteps Made { get; private set; } = null!;

        public ConcreteSteps Make(ConcreteState s) => Made = new(s, fault?.Make(s) ?? new(s));
    }

    private static void AssertNone(IEnumerable<Difference> differences, Func<string> says)
    {
        using IEnumerator<Difference> first = differences.GetEnumerator();
        if (first.MoveNext()) Assert.Fail($"{says()}\n{string.Join("\n", differences)}");
    }
}
