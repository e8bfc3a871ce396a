using Model;
using Model.Domains.Concrete;
using Model.Programs;
using ConcreteState = Model.State.State<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;
using ConcreteSteps = Model.Steps.Steps<
    Model.Domains.Concrete.Truth, Model.Domains.Concrete.Number, Model.Domains.Concrete.Facts, Model.Domains.Concrete.Function>;

namespace Checking.Memory;

/// <summary>What the numbers of a cell stand for, so that a renaming knows what to do with them.</summary>
internal enum CellSort
{
    /// <summary>A truth value, a type or a count: no renaming changes it.</summary>
    Plain,

    /// <summary>A domain: 0 for nobody, else its number; Xen after the last.</summary>
    Domain,

    /// <summary>A frame, counted from 1; 0 for none.</summary>
    Frame,

    /// <summary>A set of frames: bit f is frame f.</summary>
    Frames,

    /// <summary>What a slot says: 0 if absent; else the bits of <see cref="EntryWords"/>, and the frame counted from 1 above them.</summary>
    Content,
}

/// <summary>A part of the state that is packed on its own: where it stands, what it holds, how wide it is.</summary>
/// <param name="Name">the relation or function of the state</param>
/// <param name="Row">the frame or the vCPU</param>
/// <param name="Slot">the slot or position, or 0</param>
/// <param name="Most">the largest number declared</param>
internal abstract class Cell(string name, CellSort sort, int row, int slot, ulong most)
{
    public string Name => name;

    public CellSort Sort => sort;

    public int Row => row;

    public int Slot => slot;

    public ulong Most => most;

    /// <summary>The row is a vCPU.</summary>
    public bool IsOfVcpu { get; init; }

    public int Width => 64 - System.Numerics.BitOperations.LeadingZeroCount(most);

    public override string ToString() => $"{name} of {(IsOfVcpu ? "v" : "mfn:")}{row:x}[{slot}]";

    /// <summary>The number as it is; one beyond <see cref="Most"/> has no room.</summary>
    public abstract ulong Read();

    public abstract void Write(ulong value);
}

/// <summary>A relation of one column.</summary>
internal sealed class FlagCell(string name, Facts relation, int row) : Cell(name, CellSort.Plain, row, 0, 1)
{
    private readonly Store _store = relation.Store;

    public override ulong Read() => _store.Has(Row) ? 1UL : 0;

    public override void Write(ulong value) => _store.Assign(value != 0, Row);
}

/// <summary>A relation of frame and slot.</summary>
internal sealed class SlotFlagCell(string name, Facts relation, int row, int slot) : Cell(name, CellSort.Plain, row, slot, 1)
{
    private readonly Store _store = relation.Store;

    public override ulong Read() => _store.Has(Row, Slot) ? 1UL : 0;

    public override void Write(ulong value) => _store.Assign(value != 0, Row, Slot);
}

/// <summary>A function whose values are small numbers.</summary>
internal sealed class NumberCell(string name, Function function, int row, ulong most) : Cell(name, CellSort.Plain, row, 0, most)
{
    public override ulong Read() => (ulong)function[Row].Value;

    public override void Write(ulong value) => function.Assign(true, Row, (int)value);
}

/// <summary>The owner of a frame.</summary>
/// <param name="domains">how many there are, numbered from 1</param>
internal sealed class OwnerCell(Function owner, int row, int domains) : Cell("Owner", CellSort.Domain, row, 0, (ulong)domains + 1)
{
    public override ulong Read()
    {
        int value = owner[Row].Value;
        return value == Domid.Nobody.Value ? 0 : value == Domid.Xen.Value ? Most : (ulong)value;
    }

    public override void Write(ulong value) =>
        owner.Assign(true, Row, value == 0 ? Domid.Nobody.Value : value == Most ? Domid.Xen.Value : (int)value);
}

/// <summary>A frame holds what was written before it came to its owner: allocated, not written since, and not empty.</summary>
/// <remarks>Whether anything was written matters for nothing else, so that only this is kept.</remarks>
internal sealed class ResidueCell(ConcreteState state, int row) : Cell("Residue", CellSort.Plain, row, 0, 1)
{
    public override ulong Read() =>
        state.Allocated[Row] && !state.Written[Row] && !state.Entry.Empty(Row, null, null) ? 1UL : 0;

    public override void Write(ulong value) => state.Written.Assign(true, value == 0, Row);
}

/// <summary>The frame that a slot, or a position, is related to.</summary>
internal sealed class TargetCell(string name, Facts relation, int row, int slot, int frames) : Cell(name, CellSort.Frame, row, slot, (ulong)frames)
{
    private readonly TargetsBySlot _store = (TargetsBySlot)relation.Store;

    public override ulong Read() => _store.HasMore ? ulong.MaxValue : (ulong)(_store.TargetOf(Row, Slot) + 1);

    public override void Write(ulong value)
    {
        _store.Assign(false, Row, Slot, Store.Any);
        if (value != 0) _store.Assign(true, Row, Slot, (int)value - 1);
    }
}

/// <summary>The one frame that a vCPU is related to.</summary>
internal sealed class SingleCell(string name, Facts relation, int row, int frames) : Cell(name, CellSort.Frame, row, 0, (ulong)frames)
{
    private readonly FramesByVcpu _store = (FramesByVcpu)relation.Store;

    public override ulong Read() => _store.Count(Row, Store.Any) > 1 ? ulong.MaxValue : (ulong)(_store.Single(Row) + 1);

    public override void Write(ulong value)
    {
        _store.Assign(false, Row, Store.Any);
        if (value != 0) _store.Assign(true, Row, (int)value - 1);
    }
}

/// <summary>The frames that a vCPU is related to.</summary>
internal sealed class RowCell(string name, Facts relation, int row, int frames) : Cell(name, CellSort.Frames, row, 0, (1UL << frames) - 1)
{
    private readonly FramesByVcpu _store = (FramesByVcpu)relation.Store;

    public override ulong Read() => _store.Row(Row);

    public override void Write(ulong value)
    {
        for (ulong differ = value ^ Read(); differ != 0; differ &= differ - 1)
        {
            int f = System.Numerics.BitOperations.TrailingZeroCount(differ);
            _store.Assign((value >> f & 1) != 0, Row, f);
        }
    }
}

/// <summary>What a slot of a frame says. Of an absent entry no step and no invariant reads the other bits, so that they are not kept.</summary>
internal sealed class ContentCell(ConcreteState state, ConcreteSteps steps, EntryWords words, int row, int slot, int frames)
    : Cell("Entry", CellSort.Content, row, slot, ((ulong)(frames + 1) << words.Bits) - 1)
{
    private readonly TargetsBySlot _entry = (TargetsBySlot)state.Entry.Store;
    private readonly Store[] _bits = words.StoresOf(state);

    public override ulong Read()
    {
        if (_entry.HasMore) return ulong.MaxValue;

        int target = _entry.TargetOf(Row, Slot);
        if (target == Store.Any) return 0;

        ulong content = (ulong)(target + 1);
        for (int k = _bits.Length - 1; k >= 0; k--) content = (content << 1) | (_bits[k].Has(Row, Slot) ? 1UL : 0);
        return content;
    }

    public override void Write(ulong value)
    {
        bool wasWritten = state.Written[Row];
        steps.Write(true, Row, Slot, Contents.Of(words.Unpacked(value)));
        state.Written.Assign(true, wasWritten, Row);
    }
}
