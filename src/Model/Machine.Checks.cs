using Model.Domains.Concrete;
using Model.Invariants;

namespace Model;

/// <summary>The invariants, evaluated around what changed or everywhere.</summary>
public sealed partial class Machine
{
    private readonly List<(Invariant<Truth, Number> Invariant, OfFrame<Truth, Number> Claim)> _ofFrames = [];
    private readonly List<(Invariant<Truth, Number> Invariant, OfVcpu<Truth, Number> Claim)> _ofVcpus = [];
    private readonly List<(Invariant<Truth, Number> Invariant, OfEntry<Truth, Number> Claim)> _ofEntries = [];

    /// <summary>The invariants that the checks evaluate: those of 32-bit guests only where there is one.</summary>
    public IReadOnlyList<Invariant<Truth, Number>> Invariants { get; private set; } = [];

    /// <summary>How many claims were evaluated, for reports.</summary>
    public long ClaimsChecked { get; private set; }

    /// <summary>Evaluates the invariants for the frames and slots touched since <see cref="ClearTouched"/>.</summary>
    /// <param name="betweenRequests">no request is under way, so that what is said of rest applies too</param>
    public IReadOnlyList<Violation> CheckTouched(bool betweenRequests = true)
    {
        List<Violation>? found = null;
        int any = Touched.IsEmpty ? 0 : (int)Touched[0].Value;
        CheckVcpus(_footprint.Vcpus, any, betweenRequests, ref found);
        foreach (Mfn frame in Touched)
        {
            CheckFrame((int)frame.Value, betweenRequests, ref found);
            CheckVcpus(_footprint.RelatedTo((int)frame.Value), (int)frame.Value, betweenRequests, ref found);
            if (_footprint.IsWhole(frame)) CheckSlots((int)frame.Value, ref found);
        }

        foreach ((int table, int slot) in TouchedSlots)
        {
            if (!_footprint.IsWhole(new((ulong)table))) CheckSlot(table, slot, ref found);
        }

        return InOrder(found);
    }

    /// <summary>Evaluates the invariants for every frame and every slot.</summary>
    public IReadOnlyList<Violation> CheckAll(bool betweenRequests = true)
    {
        List<Violation>? found = null;
        for (int f = 0; f < _universe.Frames; f++)
        {
            CheckFrame(f, betweenRequests, ref found);
            CheckVcpus(ulong.MaxValue, f, betweenRequests, ref found);
            CheckSlots(f, ref found);
        }

        return InOrder(found);
    }

    private void LoadInvariants()
    {
        Invariants = [.. new Invariants<Truth, Number, Facts, Function>(_s).All.Where(i => !i.IsOfCompat || Shape.Compat.Count > 0)];
        foreach (var invariant in Invariants)
        {
            foreach (var claim in invariant.Claims)
            {
                if (claim is OfFrame<Truth, Number> ofFrame) _ofFrames.Add((invariant, ofFrame));
                if (claim is OfVcpu<Truth, Number> ofVcpu) _ofVcpus.Add((invariant, ofVcpu));
                if (claim is OfEntry<Truth, Number> ofEntry) _ofEntries.Add((invariant, ofEntry));
            }
        }
    }

    private void CheckFrame(int f, bool atRest, ref List<Violation>? found)
    {
        foreach (var (invariant, claim) in _ofFrames)
        {
            if (!atRest && invariant.IsAtRest) continue;
            ClaimsChecked++;
            if (!claim.Holds(f)) Add(ref found, invariant, claim.Witness(View(f)));
        }
    }

    /// <summary>
    /// A vCPU that has nothing to do with a frame keeps every claim about it, but for what a claim says of the vCPU alone, which any frame
    /// brings to light once the vCPU has changed.
    /// </summary>
    /// <param name="vcpus">bit v mod 64 for vCPU v</param>
    private void CheckVcpus(ulong vcpus, int f, bool atRest, ref List<Violation>? found)
    {
        for (int v = 0; vcpus != 0 && v < _universe.Vcpus; v++)
        {
            if ((vcpus >> v & 1) != 0) CheckVcpu(v, f, atRest, ref found);
        }
    }

    private void CheckVcpu(int v, int f, bool atRest, ref List<Violation>? found)
    {
        foreach (var (invariant, claim) in _ofVcpus)
        {
            if (!atRest && invariant.IsAtRest) continue;
            ClaimsChecked++;
            if (!claim.Holds(v, f)) Add(ref found, invariant, claim.Witness(new(v), View(f)));
        }
    }

    private void CheckSlots(int table, ref List<Violation>? found)
    {
        bool isBlank = _s.Entry.Empty(table, null, null)
            && _s.Holder.Empty(table, null, null)
            && _s.TypeHolder.Empty(table, null, null)
            && _s.Audited.Empty(table, null);
        if (isBlank) return;

        for (int slot = NextFrom(table, 0); slot < _universe.Slots; slot = NextFrom(table, slot + 1)) CheckSlot(table, slot, ref found);
    }

    /// <summary>The first slot from one on of which a claim can say anything.</summary>
    private int NextFrom(int table, int slot)
    {
        if (slot == _universe.Slots) return slot;

        int named = Targets(_s.Entry).NextFrom(table, slot), held = Targets(_s.Holder).NextFrom(table, slot);
        int inType = Targets(_s.TypeHolder).NextFrom(table, slot), audited = ((BitsBySlot)_s.Audited.Store).NextFrom(table, slot);
        return Math.Min(Math.Min(named, held), Math.Min(inType, audited));
    }

    /// <summary>The claims of a slot concern the frames that it names or holds; of others they say nothing.</summary>
    private void CheckSlot(int table, int slot, ref List<Violation>? found)
    {
        const int none = Domains.Concrete.Store.Any;
        int named = TargetOf(_s.Entry, table, slot);
        int held = TargetOf(_s.Holder, table, slot);
        int heldInType = TargetOf(_s.TypeHolder, table, slot);
        if (named != none && named < _universe.Frames) CheckEntry(table, slot, named, ref found);
        if (held != none && held != named) CheckEntry(table, slot, held, ref found);
        if (heldInType != none && heldInType != named && heldInType != held) CheckEntry(table, slot, heldInType, ref found);
        if (named == none && _s.Audited[table, slot]) CheckEntry(table, slot, table, ref found);
    }

    private void CheckEntry(int table, int slot, int target, ref List<Violation>? found)
    {
        foreach (var (invariant, claim) in _ofEntries)
        {
            ClaimsChecked++;
            if (claim.Holds(table, slot, target)) continue;

            Entry entry = EntryOf(new((ulong)table), slot);
            Add(ref found, invariant, claim.Witness(View(table), slot, entry, View(target)));
        }
    }

    /// <summary>What a guest could make use of first, in the order of the specification; what only Xen's records show last.</summary>
    private IReadOnlyList<Violation> InOrder(List<Violation>? found)
    {
        if (found is null) return [];

        var order = Invariants.OrderBy(i => i.IsBookkeeping).Select(i => i.Id).ToList();
        return [.. found.OrderBy(v => order.IndexOf(v.InvariantId))];
    }

    private FrameView View(int f) => View(new Mfn((ulong)f));

    private static TargetsBySlot Targets(Facts relation) => (TargetsBySlot)relation.Store;

    private static int TargetOf(Facts relation, int table, int slot) => Targets(relation).TargetOf(table, slot);

    private static void Add(ref List<Violation>? found, Invariant<Truth, Number> invariant, string witness)
    {
        found ??= [];
        found.Add(new(invariant.Id, invariant.Says, invariant.Source, witness));
    }
}
