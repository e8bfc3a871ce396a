using Checking.Exploration;
using Model;

namespace Checking.Memory;

/// <summary>Which invariants a machine breaks, and which of them speak of something that is there.</summary>
internal sealed class Judge
{
    private readonly Machine _machine;
    private readonly bool _atRest;
    private readonly Dictionary<string, int> _numbers;
    private readonly Func<bool>[] _subjects;
    private ulong _met;

    public Judge(MemoryScope scope, Machine machine)
    {
        _machine = machine;
        _atRest = scope.Sizes.Grain == Grain.Hypercall;
        Properties = [.. machine.Invariants.Where(i => _atRest || !i.IsAtRest).Select(i => new Property(i.Id, i.Says, i.Source))];
        _numbers = Properties.Select((p, i) => (p.Id, i)).ToDictionary(p => p.Id, p => p.i);
        Subjects subjects = new(scope, machine.State);
        _subjects = [.. Properties.Select(p => subjects.Of(p.Id))];
    }

    public IReadOnlyList<Property> Properties { get; }

    /// <param name="reached">what is there now or was there in a state judged before: who asks gathers them all</param>
    public void Check(out ulong violated, out ulong reached)
    {
        violated = 0;
        IReadOnlyList<Violation> found = _machine.CheckAll(_atRest);
        for (int i = 0; i < found.Count; i++) violated |= 1UL << _numbers[found[i].InvariantId];

        for (int i = 0; i < _subjects.Length; i++)
        {
            if ((_met >> i & 1) == 0 && _subjects[i]()) _met |= 1UL << i;
        }

        reached = _met;
    }

    /// <summary>What breaks a property, in the words of its witness.</summary>
    public string Violation(int property) =>
        _machine.CheckAll(_atRest).Where(v => v.InvariantId == Properties[property].Id).Select(v => v.Witness).FirstOrDefault("nothing breaks it here");
}
