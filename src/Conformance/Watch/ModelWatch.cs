using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;
using Model.Faults;

namespace Conformance.Watch;

/// <summary>Runs the model beside the hypervisor and compares the two wherever guest and hypervisor meet.</summary>
/// <remarks>
/// What it does at each boundary, and what it leaves out, is docs/decisions/0003-watch.md. It never throws for what a guest or the
/// hypervisor does: it keeps the first <see cref="Finding"/> and asks the run to stop.
/// </remarks>
/// <param name="domains">domains that the machine will have; the watch begins when the last of them is built, and none may run before</param>
/// <param name="fault">a mistake that the model makes, for replays on a model with a mistake in it; null for none</param>
public sealed partial class ModelWatch(int domains = 1, Fault? fault = null) : IHypervisorObserver
{
    private readonly Journal _journal = new();
    private Xen _xen = null!;
    private Mirror _mirror = null!;
    private Decoder _decoder = null!;
    private Comparison _comparison = null!;
    private Diagnosis _diagnosis = null!;
    private FrameFacts[] _known = [];
    private readonly List<(Mfn Table, int Slot, Entry Before)> _named = [];
    private TouchSet _touched = null!;
    private Decoded _asked;
    private MapLdtPage _ldtPage = null!;
    private Batch? _batch;
    private Room _room;
    private ulong _hypercalls, _entryUpdates, _translations, _framesAtEnd;
    private int _invariantsAtEnd;

    /// <summary>The first thing found; null while all is well.</summary>
    public Finding? Finding { get; private set; }

    /// <summary>How much has been compared.</summary>
    public WatchCounts Counts => new()
    {
        Hypercalls = _hypercalls,
        EntryUpdates = _entryUpdates,
        Comparisons = (_comparison?.Count ?? 0) + (_rings?.Ledger.Comparisons ?? 0),
        InvariantChecks = (ulong)(_mirror?.Model.ClaimsChecked ?? 0) + (_rings?.Ledger.Checks ?? 0),
        GuestExits = _rings?.Ledger.Trips ?? 0,
        BounceFrames = _rings?.Ledger.Frames ?? 0,
        RingSteps = _rings?.Ledger.Steps ?? 0,
        TranslationsCached = _translations,
        FramesAtEnd = _framesAtEnd,
        InvariantsAtEnd = _invariantsAtEnd,
    };

    /// <summary>The model that runs along.</summary>
    public Machine Model => _mirror.Model;

    /// <summary>Which of the model's vCPUs one is.</summary>
    public VcpuId Number(Vcpu vcpu) => _mirror.Vcpus.Of(vcpu);

    /// <summary>What was last decided on both sides: 0 or more for what is accepted.</summary>
    internal (long Expected, long Got) Decision { get; private set; }

    private bool IsActive => _mirror is not null && Finding is null;

    public void DomainBuilt(Domain domain)
    {
        if (domain.Xen.Domains.Count < domains) return;
        _xen = domain.Xen;
        _mirror = new(_xen, fault);
        _decoder = new(_xen, _mirror.Vcpus, _mirror.Read);
        _comparison = new(_xen, _mirror);
        _diagnosis = new(_xen, _mirror, _journal);
        if (WatchesRings) _rings = new(_xen, RingFault);
        _touched = new(_xen.Memory.Frames);
        _known = new FrameFacts[_xen.Memory.Frames];
        _journal.Begin((domain.Id, 0), "boot", null);
        CompareEverything();
        for (ulong mfn = 0; mfn < _xen.Memory.Frames; mfn++) _known[mfn] = Comparison.Facts(Model.View(new(mfn)));
        Model.ClearTouched();
    }

    public void HypercallEntering(Vcpu caller, in HypercallRegisters call)
    {
        if (!IsActive) return;
        _rings?.HypercallEntering(caller, call);
        // A multicall does nothing itself; its members are reported one by one.
        if (call.Number == Abi.Multicall) return;
        _hypercalls++;
        _batch = Batch.Of(caller, _mirror.Vcpus.Of(caller), call);
        _room = Decoder.DecodeRoom(caller, call);
        if (_batch is null) Ask(caller, Abi.Name(call.Number), _decoder.Decode(caller, call));
    }

    public void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (!IsActive) return;
        if (call.Number != Abi.Multicall) LeaveHypercall(caller, call, answer);
        if (_rings is not { } rings || Finding is not null) return;
        rings.HypercallLeft(caller, call, answer);
        JudgeRings(rings);
    }

    private void LeaveHypercall(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (_batch is { } batch)
        {
            LeaveBatch(batch, caller, call, answer);
            return;
        }

        if (caller.Continuation is { } rest) _asked = _asked.UpTo(call, rest);
        if (_decoder.DecodeAllocation(caller, call, answer) is { } allocation) _asked = new(Completed(caller.Domain.Id, allocation, _room.Most(answer)));

        _asked = _decoder.WithFlush(_asked, caller, call);
        long expected = answer;
        if (_asked.ConcernsMemory)
        {
            expected = _asked.Expected(Perform(_asked.Request));
            if (_asked.Request is not (IncreaseReservation or PopulatePhysmap)) _comparison.Answers("answer", expected, answer);
        }
        else
        {
            Perform(_asked.Request);
        }

        Answered(answer, expected);
    }

    /// <summary>Where Xen could not tell the guest what it gave, what the domain has and the model does not give it is what was given.</summary>
    /// <param name="most">frames that were asked for: what is more was not given by this request, and the comparison finds it</param>
    private Request Completed(ushort domain, Request allocation, int most)
    {
        IEnumerable<Mfn> given = _touched.Frames.ToArray()
            .Where(mfn => _xen.Frames[mfn] is { IsAllocated: true } frame && frame.Owner == domain && Model.View(new(mfn)).Owner.Value != domain)
            .Select(mfn => new Mfn(mfn));
        return allocation switch
        {
            IncreaseReservation i => i with { Allocated = [.. i.Allocated.Union(given).Take(most)] },
            PopulatePhysmap p => p with { Allocated = [.. p.Allocated.Union(given).Take(most)] },
            _ => allocation,
        };
    }

    public void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address)
    {
        if (!IsActive) return;
        _batch!.Enter();
        BeginCounting();
        string name = Abi.Name(call.Number);
        Request? element = _decoder.DecodeElement(caller, call, address);
        Ask(caller, name, new(element ?? new NonMemory(_mirror.Vcpus.Of(caller), name)));
    }

    public void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (!IsActive) return;
        long expected = _asked.ConcernsMemory ? Perform(_asked.Request).Rax : -Abi.EFAULT;
        _batch!.Answer(expected);
        _comparison.Answers("answer", expected, answer);
        Answered(answer, expected);
    }

    /// <summary>What remains to be compared of a batch when its elements have been.</summary>
    private void LeaveBatch(Batch batch, Vcpu caller, in HypercallRegisters call, long answer)
    {
        if (!batch.HasEntered) Ask(caller, Abi.Name(call.Number), new(batch.Without));
        long expected = batch.Expected(call, batch.HasEntered ? default : Perform(batch.Without));
        _comparison.Answers("answer", expected, answer);
        if (answer == 0 && caller.Continuation is null) _comparison.Answers("elements that had their turn", batch.Turns.Expected, batch.Turns.Entered);
        if (batch.TryReadDone(caller, call, out (uint Expected, uint Told) done)) _comparison.Answers("operations done", done.Expected, done.Told);
        Answered(answer, expected);
    }

    private void Ask(Vcpu caller, string name, Decoded asked)
    {
        (_asked, _actor) = (asked, (caller.Domain.Id, caller.Id));
        _journal.Begin(_actor, name, asked.Request);
        Prepare(asked.Request);
    }

    private void Answered(long answer, long expected)
    {
        Decision = (expected, answer);
        _journal.Answered(answer, expected == answer ? null : expected);
        Settle();
    }

    public void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue)
    {
        _rings?.StoreEmulating(caller);
        if (IsActive) Ask(caller, "emulated store", new(new EmulatedEntryUpdate(_mirror.Vcpus.Of(caller), new(tableMfn), slot, PageEntry.Read(newValue, 1))));
    }

    public void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted)
    {
        if (!IsActive) return;
        Answer answer = Perform(_asked.Request);
        Decision = (answer.Rax, accepted ? 0 : -1);
        if (answer.IsSuccess != accepted)
            _comparison.Differ(new(tableMfn), "emulated store", answer.IsSuccess ? "accepted" : $"refused: {answer}", accepted ? "accepted" : "refused");
        Settle();
    }

    public void LdtPageMapping(Vcpu vcpu, int page, ulong mfn)
    {
        if (IsActive) _ldtPage = _decoder.DecodeLdtPage(vcpu, page, mfn);
    }

    public void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted)
    {
        if (!IsActive) return;
        _journal.Begin((vcpu.Domain.Id, vcpu.Id), "LDT page", _ldtPage);
        Answer answer = Model.Perform(_ldtPage);
        if (answer.IsSuccess != accepted)
            _comparison.Differ(new(mfn), "LDT page", answer.IsSuccess ? "accepted" : $"refused: {answer}", accepted ? "accepted" : "refused");
        Settle();
        if (accepted) LdtPageTaken(vcpu, page, mfn);
    }

    public void RootEmulating(Vcpu caller, ulong mfn)
    {
        if (!IsActive) return;
        BeginCounting();
        Ask(caller, "mov cr3", new(new MmuExtOp(_mirror.Vcpus.Of(caller), [new(ExtCommand.NewBase, new(mfn))])));
    }

    public void RootEmulated(Vcpu caller, ulong mfn, long answer)
    {
        if (!IsActive) return;
        long expected = Perform(_asked.Request).Rax;
        _comparison.Answers("answer", expected, answer);
        Answered(answer, expected);
    }

    public void ModeSwitched(Vcpu vcpu, bool toKernel)
    {
        if (!IsActive) return;
        SwitchMode request = new(_mirror.Vcpus.Of(vcpu), toKernel);
        _journal.Begin((vcpu.Domain.Id, vcpu.Id), "mode", request);
        Answer answer = Model.Perform(request);
        if (!answer.IsSuccess) _comparison.Differ(new(vcpu.KernelRootMfn), "mode switch", $"refused: {answer}", "done");
        Settle();
    }

    public void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable)
    {
        if (!IsActive || Mirror.IsXens(vcpu, linear)) return;
        _translations++;
        if (_mirror.Fill(vcpu, rootMfn, linear, new(mfn), writable)) return;

        _journal.Begin((vcpu.Domain.Id, vcpu.Id), "TLB fill", null);
        string cached = $"mfn:{mfn:x} {(writable ? "rw" : "r-")}, from root mfn:{rootMfn:x}";
        _comparison.Differ(new(mfn), $"translation of {linear:x}", "no walk leads there", cached);
        Settle();
    }

    public void FrameTouched(ulong mfn)
    {
        if (IsActive) _touched.Add(mfn);
    }

    /// <summary>The run is over: compares and checks everything there is.</summary>
    public void Finish()
    {
        if (!IsActive) return;
        _journal.Begin((_xen.Domains[^1].Id, 0), "end of the run", null);
        CompareEverything();
        if (Finding is not null) return;
        _framesAtEnd = _xen.Memory.Frames;
        _invariantsAtEnd = Model.Invariants.Count;
        Judge(Model.CheckAll());
    }

    /// <summary>Before the hypervisor acts: what the model must know of memory as it is now.</summary>
    private void Prepare(Request request)
    {
        _mirror.Learn(request);
        Name(request);
    }

    private Answer Perform(Request request)
    {
        Answer answer = _underway is null ? Model.Perform(request) : PerformRest();
        _entryUpdates += request switch
        {
            MmuUpdate => (ulong)answer.Done,
            UpdateVaMapping or EmulatedEntryUpdate when answer.IsSuccess => 1,
            _ => 0,
        };
        return answer;
    }

    /// <summary>Notes the entries that a request asks to change, as they are before it.</summary>
    private void Name(Request request)
    {
        switch (request)
        {
            case MmuUpdate u:
                foreach (Update update in u.Updates)
                {
                    if (PageEntry.IsEntryUpdate(update)) Name(update.Frame, update.Slot);
                }

                break;

            case UpdateVaMapping m:
                if (m.Table is { } table) Name(table, m.Slot);
                break;

            case EmulatedEntryUpdate e:
                Name(e.Table, e.Slot);
                break;
        }
    }

    private void Name(Mfn table, int slot)
    {
        if (Model.Exists(table)) _named.Add((table, slot, _mirror.EntryInMemory(table.Value, slot, _mirror.LevelOf(table))));
    }

    /// <summary>After a step on both sides: compares what either touched, checks the invariants, and tells the journal.</summary>
    private void Settle()
    {
        foreach (Mfn frame in Model.Touched) _touched.Add(frame.Value);
        foreach (ulong mfn in _touched.Frames)
        {
            _mirror.AdoptIfXens(mfn);
            SettleFrame(new(mfn));
        }

        CompareEntries();
        _touched.Clear();

        if (_comparison.HasDifference) Conclude();
        else Judge(Model.CheckTouched(betweenRequests: _interrupted.Count == 0));
        Model.ClearTouched();
    }

    private void SettleFrame(Mfn frame)
    {
        FrameFacts before = _known[frame.Value], now = _comparison.Frame(frame), told = Comparison.Facts(_xen.Frames[frame.Value]);
        if (before != told) _journal.Changed(new FrameChange(frame, before, told));
        _known[frame.Value] = now;
        if (before.Type == now.Type) return;

        foreach (Domain domain in _xen.Domains)
        {
            foreach (Vcpu vcpu in domain.Vcpus) _comparison.Translations(vcpu, frame);
        }

        if (now.IsTable && now.IsValidated) _comparison.Entries(frame, now.Type);
    }

    /// <summary>Compares the entries that the model changed, and those that the request named.</summary>
    private void CompareEntries()
    {
        foreach ((int table, int slot) in Model.TouchedSlots) CompareEntry(new((ulong)table), slot);
        foreach ((Mfn table, int slot, Entry before) in _named)
        {
            Entry after = _mirror.EntryInMemory(table.Value, slot, _mirror.LevelOf(table));
            if (before != after) _journal.Changed(new EntryChange(table, slot, before, after));
            CompareEntry(table, slot);
        }

        _named.Clear();
    }

    private void CompareEntry(Mfn table, int slot)
    {
        FrameFacts facts = _known[table.Value];
        if (facts.IsTable && facts.IsValidated) _comparison.Entry(table, slot, facts.Type);
    }

    private void CompareEverything()
    {
        for (ulong mfn = 0; mfn < _xen.Memory.Frames; mfn++)
        {
            FrameFacts facts = _comparison.Frame(new(mfn));
            if (facts.IsTable && facts.IsValidated) _comparison.Entries(new(mfn), facts.Type);
        }

        foreach (Domain domain in _xen.Domains)
        {
            foreach (Vcpu vcpu in domain.Vcpus) _comparison.Translations(vcpu);
        }

        if (_comparison.HasDifference) Conclude();
    }

    private void Judge(IReadOnlyList<Violation> violations)
    {
        if (violations.Count > 0) Found(_diagnosis.Of(violations[0], _comparison));
    }

    private void Conclude() => Found(_diagnosis.Of(_comparison));

    private void Found(Finding finding)
    {
        Finding = finding;
        _xen.Stop(StopReason.Requested);
    }
}
