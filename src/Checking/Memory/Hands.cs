using Checking.Exploration;
using Model;

namespace Checking.Memory;

/// <summary>The inside of a worker.</summary>
internal sealed unsafe class Hands
{
    private readonly MemoryScope _scope;
    private readonly Coverage _coverage;
    private readonly Renaming[] _renamings;
    private readonly MemoryRequest[] _requests;
    private readonly int[] _ownStep;
    private readonly Image _image;
    private readonly Judge _judge;
    private readonly ulong[] _values, _renamed;
    private readonly ulong[] _next, _candidate, _first;
    private ulong _steps;

    public Hands(MemoryScope scope, Coverage coverage, Renaming[] renamings)
    {
        _scope = scope;
        _coverage = coverage;
        _renamings = renamings;
        _requests = [.. scope.Requests];
        _ownStep = [.. _requests.Select(OwnStep)];
        _image = new(scope);
        _judge = new(scope, _image.Machine);
        _values = new ulong[_image.Layout.Cells.Length];
        _renamed = new ulong[_values.Length];
        _next = Words();
        _candidate = Words();
        _first = Words();
        for (int i = 0; i < _values.Length; i++) _values[i] = _image.Layout.Cells[i].Read();
        _image.Layout.Pack(_values, First);
        _image.Machine.StepTaken = step => _steps |= 1UL << StepNames.Number(step);
    }

    /// <summary>What boot leaves.</summary>
    public ulong* First => At(_first);

    public void Expand<TSink>(ulong* state, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        _image.Put(state);
        ulong taken = 0;
        for (int i = 0; i < _requests.Length; i++)
        {
            _steps = 0;
            if (_scope.Attempt(_requests[i], _image.Machine, out bool gaveUp) is not { } answer)
            {
                if (gaveUp) GiveUp(_coverage.GaveUp, ref sink);
                continue;
            }

            if (_ownStep[i] >= 0 && answer.IsSuccess) _steps |= 1UL << _ownStep[i];
            if (_requests[i] is not MicroStep) taken |= _steps;
            int action = _coverage.Of(i, answer);
            if (_steps == 0) sink.Note(action); // Whatever changes is changed by a step.
            else Follow(action, ref sink);
        }

        for (; taken != 0; taken &= taken - 1) sink.Note(_coverage.FirstStep + System.Numerics.BitOperations.TrailingZeroCount(taken));
    }

    public void Check(ulong* state, out ulong violated, out ulong reached)
    {
        _image.Put(state);
        _judge.Check(out violated, out reached);
    }

    public long Canonicalize(ulong* state)
    {
        if (_renamings.Length == 1) return 1;

        Span<ulong> least = new(state, _image.Layout.Words), own = _next, candidate = _candidate;
        _image.Layout.Unpack(state, _values);
        least.CopyTo(own);
        int same = 1;
        for (int i = 1; i < _renamings.Length; i++)
        {
            _renamings[i].Apply(_values, _renamed);
            _image.Layout.Pack(_renamed, At(_candidate));
            if (candidate.SequenceEqual(own)) same++;
            if (candidate.SequenceCompareTo(least) < 0) candidate.CopyTo(least);
        }

        return _renamings.Length / same;
    }

    private void Follow<TSink>(int action, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        if (!_image.Take(At(_next), out bool differs))
        {
            if (_scope.Fault is null) throw new InvalidOperationException($"{_image.Overflown} has no room for {_image.Overflown!.Read()}");
            GiveUp(_coverage.NoRoom, ref sink);
        }
        else if (differs)
        {
            sink.Add(At(_next), action);
            _image.Undo();
        }
        else
        {
            sink.Note(action);
        }
    }

    private void GiveUp<TSink>(int action, ref TSink sink) where TSink : struct, ISink, allows ref struct
    {
        sink.Note(action);
        _image.Restore();
    }

    /// <summary>The step that a request comes to without a program, or -1.</summary>
    private static int OwnStep(MemoryRequest request) => request switch
    {
        Access => StepNames.Number(Step.Fill),
        SuperpageAccess => StepNames.Number(Step.FillSuperpage),
        MicroStep step => StepNames.Number(step.Step),
        GuestStore => StepNames.Number(Step.Store),
        Hypercall { Request: SwitchMode { ToKernel: true } } => StepNames.Number(Step.EnterKernel),
        Hypercall { Request: SwitchMode } => StepNames.Number(Step.EnterUser),
        _ => -1,
    };

    /// <summary>Room for a state that stays where it is.</summary>
    private ulong[] Words() => GC.AllocateArray<ulong>(_image.Layout.Words, pinned: true);

    private static ulong* At(ulong[] words) => (ulong*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref words[0]);
}
