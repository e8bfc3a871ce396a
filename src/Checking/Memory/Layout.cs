using Model;
using Model.Domains.Concrete;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>Where in the words of a packed state each cell stands.</summary>
/// <remarks>
/// Not packed, since nothing in the scope changes it: the home of a vCPU, Xen's slots, what Xen shares; the bits that all entries
/// have; frame 0 where no request names it; of the spine everything but the counts of references, and the slots of its lowest table; the slots
/// of the table with Xen's slots that stands apart.
/// </remarks>
internal sealed class Layout
{
    private readonly MemoryScope _scope;
    private readonly ConcreteState _s;
    private readonly ConcreteSteps _steps;
    private readonly List<Cell> _cells = [];
    private readonly int _frames;
    private readonly ulong _mostReferences;

    public Layout(MemoryScope scope, Machine machine)
    {
        _scope = scope;
        _s = machine.State;
        _steps = machine.Steps;
        _frames = scope.Shape.Frames;
        _mostReferences = Math.Min((ulong)MostReferences(scope), 255);
        AddCells();
        Cells = [.. _cells];
        Starts = new int[Cells.Length];
        for (int i = 0; i < Cells.Length; i++)
        {
            Starts[i] = Bits;
            Bits += Cells[i].Width;
        }
    }

    /// <summary>All cells, in the order of their bits.</summary>
    public Cell[] Cells { get; }

    /// <summary>The first bit of each cell.</summary>
    public int[] Starts { get; }

    /// <summary>Bits of a state.</summary>
    public int Bits { get; }

    /// <summary>Words of a state.</summary>
    public int Words => (Bits + 63) / 64;

    /// <summary>Reads every number out of packed words.</summary>
    public unsafe void Unpack(ulong* words, ulong[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            int at = Starts[i], word = at >> 6, shift = at & 63, width = Cells[i].Width;
            ulong value = words[word] >> shift;
            if (shift + width > 64) value |= words[word + 1] << (64 - shift);
            values[i] = value & ((1UL << width) - 1);
        }
    }

    /// <summary>Puts every number into packed words.</summary>
    public unsafe void Pack(ulong[] values, ulong* words)
    {
        new Span<ulong>(words, Words).Clear();
        for (int i = 0; i < values.Length; i++)
        {
            int at = Starts[i], word = at >> 6, shift = at & 63;
            words[word] |= values[i] << shift;
            if (shift + Cells[i].Width > 64) words[word + 1] |= values[i] >> (64 - shift);
        }
    }

    /// <summary>Every reference that a frame can have: allocation, pin, one for each slot, and for each vCPU two roots, a table, its info and two in hand.</summary>
    private static int MostReferences(MemoryScope scope) =>
        2 + (scope.Named.Count + 2) * scope.Sizes.Entries + scope.Shape.Vcpus.Count * (5 + scope.Sizes.Entries);

    private void AddCells()
    {
        foreach (Mfn frame in _scope.Spine) AddCounts((int)frame.Value);
        if (_scope.LowestSpine is { } lowest) AddSlots((int)lowest.Value);
        if (_scope.XenTable is { } xens) AddFrame((int)xens.Value);
        if (_scope.NamesXen) AddFrame(0);
        foreach (Mfn frame in _scope.Named)
        {
            AddFrame((int)frame.Value);
            AddSlots((int)frame.Value);
        }

        for (int v = 0; v < _scope.Shape.Vcpus.Count; v++) AddVcpu(v);
    }

    private void AddFrame(int f)
    {
        _cells.Add(new OwnerCell(_s.Owner, f, _scope.Sizes.Domains));
        _cells.Add(new NumberCell(nameof(_s.Type), _s.Type, f, (ulong)PageType.XenL2));
        AddCounts(f);
        _cells.Add(new FlagCell(nameof(_s.Allocated), _s.Allocated, f));
        _cells.Add(new FlagCell(nameof(_s.Valid), _s.Valid, f));
        _cells.Add(new FlagCell(nameof(_s.Pinned), _s.Pinned, f));
        _cells.Add(new FlagCell(nameof(_s.Partial), _s.Partial, f));
        _cells.Add(new FlagCell(nameof(_s.Stale), _s.Stale, f));
        if (_scope.Sizes.Grain == Grain.Step) _cells.Add(new FlagCell(nameof(_s.Paused), _s.Paused, f));
    }

    private void AddCounts(int f)
    {
        _cells.Add(new NumberCell(nameof(_s.RefCount), _s.RefCount, f, _mostReferences));
        _cells.Add(new NumberCell(nameof(_s.TypeCount), _s.TypeCount, f, _mostReferences));
    }

    private void AddSlots(int f)
    {
        for (int slot = 0; slot < _scope.Sizes.Entries; slot++)
        {
            _cells.Add(new ContentCell(_s, _steps, _scope.Entries, f, slot, _frames));
            _cells.Add(new SlotFlagCell(nameof(_s.Audited), _s.Audited, f, slot));
            _cells.Add(new TargetCell(nameof(_s.Holder), _s.Holder, f, slot, _frames));
            _cells.Add(new TargetCell(nameof(_s.TypeHolder), _s.TypeHolder, f, slot, _frames));
            _cells.Add(new TargetCell(nameof(_s.Linear), _s.Linear, f, slot, _frames));
        }

        _cells.Add(new ResidueCell(_s, f));
    }

    private void AddVcpu(int v)
    {
        _cells.Add(new FlagCell(nameof(_s.InKernel), _s.InKernel, v) { IsOfVcpu = true });
        _cells.Add(new SingleCell(nameof(_s.KernelBase), _s.KernelBase, v, _frames) { IsOfVcpu = true });
        _cells.Add(new SingleCell(nameof(_s.UserBase), _s.UserBase, v, _frames) { IsOfVcpu = true });
        _cells.Add(new SingleCell(nameof(_s.VcpuInfo), _s.VcpuInfo, v, _frames) { IsOfVcpu = true });
        _cells.Add(new TargetCell(nameof(_s.Descriptors), _s.Descriptors, v, 0, _frames) { IsOfVcpu = true });
        AddRow(nameof(_s.CachedRead), _s.CachedRead, v);
        AddRow(nameof(_s.CachedWrite), _s.CachedWrite, v);
        AddRow(nameof(_s.Reached), _s.Reached, v);
        AddRow(nameof(_s.Taken), _s.Taken, v);
        AddRow(nameof(_s.TakenType), _s.TakenType, v);
        AddRow(nameof(_s.Leaving), _s.Leaving, v);
        AddRow(nameof(_s.LeavingType), _s.LeavingType, v);
    }

    private void AddRow(string name, Facts relation, int v) => _cells.Add(new RowCell(name, relation, v, _frames) { IsOfVcpu = true });
}
