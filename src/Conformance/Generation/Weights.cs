using Conformance.Scripts;
using Model;
using Model.Rings;

namespace Conformance.Generation;

/// <summary>How often each operation is drawn: one table.</summary>
public sealed class Weights
{
    /// <summary>An operation's weight is multiplied by at most this for what has not fired.</summary>
    private const int MostFavour = 4;

    private readonly int[] _weights;
    private readonly Operation[] _all, _onRealXen, _narrow, _members, _membersOnRealXen, _narrowMembers;

    private Weights(int[] weights)
    {
        _weights = weights;
        _all = Urn(_ => true);
        _onRealXen = Urn(IsForRealXen);
        _narrow = Urn(IsForNarrow);
        _members = Urn(IsMember);
        _membersOnRealXen = Urn(r => IsMember(r) && IsForRealXen(r));
        _narrowMembers = Urn(r => IsMember(r) && IsForNarrow(r));
    }

    /// <summary>As the table of operations has them (<see cref="OperationRow.Weight"/>).</summary>
    public static Weights Default { get; } = new([.. Operations.All.Select(r => r.Weight)]);

    public int Of(Operation operation) => _weights[(int)operation];

    /// <summary>Operations that can fire a guard which has not fired are drawn more: once more per such guard, up to four times as much.</summary>
    /// <param name="fired">guards that have fired</param>
    /// <param name="taken">the same of the steps of ring protection; null where they are not watched</param>
    /// <param name="is32Bit">of the kind of the stage's domains</param>
    public static Weights Fed(GuardSet fired, RingStepSet? taken = null, bool is32Bit = false)
    {
        int[] weights = [.. Default._weights];
        int[] favours = new int[weights.Length];
        foreach (Guard guard in Guards.All)
        {
            if (guard.WhyNot(is32Bit) is not null || fired.Contains(guard)) continue;
            foreach (string name in guard.OperationsOf(is32Bit))
            {
                if (Operations.Find(name) is { } row) favours[(int)row.Operation]++;
            }
        }

        foreach (RingReach reach in RingReach.All(is32Bit))
        {
            if (taken is not { } steps || reach.Impossible is not null || steps.Contains(reach.Step)) continue;
            foreach (string name in reach.Operations) favours[(int)Operations.Find(name)!.Operation]++;
        }

        for (int i = 0; i < weights.Length; i++) weights[i] *= Math.Min(1 + favours[i], MostFavour);
        return new(weights);
    }

    internal Operation Draw(ref Choices choices, GeneratorOptions options, bool isMember)
    {
        Operation[] urn = (options.ForRealXen, options.Shape.Space.IsNarrow) switch
        {
            (true, _) => isMember ? _membersOnRealXen : _onRealXen,
            (_, true) => isMember ? _narrowMembers : _narrow,
            _ => isMember ? _members : _all,
        };
        return urn[choices.Below(urn.Length)];
    }

    private static bool IsForRealXen(OperationRow row) => row.NotOnRealXen is null;

    private static bool IsForNarrow(OperationRow row) => row.NotNarrow is null;

    /// <summary>A multicall has no multicalls; and an answer of a page would leave no room in its buffer for others.</summary>
    private static bool IsMember(OperationRow row) =>
        row.Means == Means.Hypercall && row.Operation is not (Operation.Multicall or Operation.XenVersion or Operation.MemoryMap);

    private Operation[] Urn(Func<OperationRow, bool> has) =>
        [.. Operations.All.Where(has).SelectMany(r => Enumerable.Repeat(r.Operation, _weights[(int)r.Operation]))];
}
