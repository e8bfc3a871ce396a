using Checking.Exploration;
using Model.Rings.Faults;

namespace Checking.Rings;

/// <summary>Ring protection, explored: states of a small machine, and what its guests and Xen may do in each.</summary>
public sealed class RingModel : IExplorable<RingExpander>
{
    private readonly RingScope _scope;
    private readonly RingFault? _fault;
    private readonly RingHands _hands;

    /// <param name="scope">what of it</param>
    /// <param name="fault">a mistake that every step makes, or null</param>
    public RingModel(RingScope scope, RingFault? fault = null)
    {
        (_scope, _fault) = (scope, fault);
        _hands = NewHands();
        Properties = [.. _hands.Machine.Invariants.All.Where(i => scope.Shows(i.Id)).Select(i => new Property(i.Id, i.Says, i.Source))];
        Actions = [.. RingActs.Of(scope.Part).Select(Fires)];
    }

    /// <summary>With the fault, so that a checkpoint of one search is not taken for another's.</summary>
    public string Scope => _fault is { } fault ? $"{_scope} --fault {fault}" : _scope.ToString();

    public int StateBits => _hands.Machine.Bits;

    public IReadOnlyList<Property> Properties { get; }

    public IReadOnlyList<Witness> Actions { get; }

    public long Renamings => 1;

    public RingExpander NewWorker() => new(NewHands());

    public string Describe(ReadOnlySpan<ulong> before, ReadOnlySpan<ulong> after) => _hands.Describe(before, after);

    public unsafe IReadOnlyList<KeyValuePair<string, string>> Facts(ReadOnlySpan<ulong> state)
    {
        fixed (ulong* words = state) _hands.Put(words);
        return RingSheet.Of(_hands.Machine);
    }

    public unsafe string Violation(int property, ReadOnlySpan<ulong> state)
    {
        fixed (ulong* words = state) _hands.Put(words);
        return _hands.Violation(property);
    }

    private RingHands NewHands() => new(_scope, _fault);

    private Witness Fires(RingActs act)
    {
        string? impossible = RingActs.Impossible(act.Step, _scope.Kind, _fault is not null);
        return new(act.Step, act.Says, IsRequired: impossible is null && _fault is null, impossible);
    }
}
