using Model.State;

namespace Model.Domains.Concrete;

/// <summary>How many words of each sort there are, and the makings of a concrete state over them.</summary>
/// <param name="Frames">frames of the machine</param>
/// <param name="Slots">entries of a table: 512 in a machine, fewer in a small world</param>
/// <param name="Vcpus">vCPUs of all domains together</param>
/// <param name="Domains">numbers of domains: one more than the largest</param>
public sealed record Universe(int Frames, int Slots, int Vcpus, int Domains)
{
    /// <summary>A state in which nobody owns anything.</summary>
    /// <param name="footprint">is told what changes</param>
    public State<Truth, Number, Facts, Function> Blank(Footprint footprint) => new(
        (name, sorts) => new(Store(name, sorts, footprint)),
        (name, from, to) => new(new Column(Size(from), to == Sort.Domain ? Domid.Nobody.Value : 0, from == Sort.Frame ? footprint : null)));

    /// <summary>How many words of the sort there are.</summary>
    public int Size(Sort sort) => sort switch
    {
        Sort.Frame => Frames,
        Sort.Slot => Slots,
        Sort.Vcpu => Vcpus,
        Sort.Domain => Domains,
        _ => throw new ArgumentOutOfRangeException(nameof(sort), sort, "no relation has a column of this sort"),
    };

    private Store Store(string name, Sort[] sorts, Footprint footprint) => sorts switch
    {
        [Sort.Frame] => new Unary(Frames, name == nameof(ConcreteState.Valid) ? footprint.AddWhole : footprint.Add),
        [Sort.Vcpu] => new Unary(Vcpus, footprint.AddVcpu),
        [var one] => new Unary(Size(one), null),
        [Sort.Frame, Sort.Slot] => new BitsBySlot(Frames, Slots, footprint),
        [Sort.Vcpu, Sort.Frame] => new FramesByVcpu(Vcpus, Frames, footprint),
        [var rows, Sort.Slot, Sort.Frame] => new TargetsBySlot(Size(rows), Slots, Frames, rows == Sort.Frame, footprint),
        _ => throw new ArgumentException($"no store for relation {name}", nameof(sorts)),
    };
}
