using Model.Domains.Concrete;

namespace Model.Programs;

/// <summary>Changing one entry of a live table: the new reference first, then the exchange, then the old reference.</summary>
public sealed partial class Program
{
    /// <summary>mmu_update, an element of kind NORMAL, PRESERVE_AD or NO_TRANSLATE: write an entry of any frame of the caller's.</summary>
    [Clause("HC-2")]
    private Errno UpdateEntry(int v, Mfn frame, int slot, in ConcreteContent e, bool preserve)
    {
        if (!Owns(v, frame)) return Because("HC-2.a", Errno.EINVAL);
        int f = (int)frame.Value;
        if (IsLiveTable(f)) return Through("HC-2.b", ModifyEntry(v, f, slot, e, preserve));
        if (TypeOf(f) == PageType.SegDesc && _s.TypeCount[f].Value != 0) return Because("HC-2.c", Errno.EINVAL);

        return Through("HC-2.d", WriteData(v, f, slot, e));
    }

    /// <summary>Write into a frame that is, or now becomes, a page guests may write.</summary>
    private Errno WriteData(int v, int f, int slot, in ConcreteContent e)
    {
        Errno refused = Get(v, f, PageType.Writable);
        if (refused != Errno.None) return Errno.EINVAL;

        Must(_step.WriteData(v, f, slot, e), Step.WriteData);
        Return(v, f);
        return Errno.None;
    }

    /// <summary>Change one entry of a live table of the caller's.</summary>
    [Clause("HC-3")]
    private Errno ModifyEntry(int v, int table, int slot, in ConcreteContent offered, bool preserve)
    {
        PageType level = TypeOf(table);
        if (IsXens(table, level, slot)) return Because("HC-5.a", level == PageType.XenL2 ? Errno.EPERM : Errno.EINVAL);
        if (IsFixed(table, level, slot)) return Because("HC-5.d", Errno.EINVAL);

        var e = preserve ? _step.Preserving(table, slot, offered) : offered;
        int old = TargetOf(table, slot);
        if (!e.Present)                                                                       // D-10
        {
            Clear(v, table, slot, old);
            return Changed(level);
        }

        if (!_step.HasLawfulBits(table, e)) return Because("HC-3.a", Errno.EINVAL);
        if (old == e.Target.Value && Try(_step.EditInPlace(v, table, slot, e), Step.EditInPlace)) return Changed(level);

        return level == PageType.L1 ? ExchangeLeaf(v, table, slot, e, old) : ExchangeUpper(v, table, slot, e, old, level);
    }

    private Errno Changed(PageType level) => Granted(level == PageType.L1 ? "HC-3" : "HC-5");

    [Clause("D-5")]
    private Errno ExchangeLeaf(int v, int table, int slot, in ConcreteContent e, int old)
    {
        Errno refused = Prepare(v, table, e, out bool taken);
        if (refused != Errno.None) return refused;

        bool leaves = Remove(v, table, slot, old);
        Must(_step.SetLeaf(v, table, slot, e), Step.SetLeaf);
        if (taken) Return(v, e.Target.Value);
        if (old != Store.Any) LetGo(v, old, leaves);
        return Granted("HC-3");
    }

    [Clause("HC-5")]
    private Errno ExchangeUpper(int v, int table, int slot, in ConcreteContent e, int old, PageType level)
    {
        int target = e.Target.Value;
        if (target >= _universe.Frames) return Because("HC-5.c", Errno.EINVAL);

        Errno refused = Get(v, target, LevelBelow(level));
        bool linear = refused == Errno.EINVAL && _step.Admits(table, slot, e);
        if (refused == Errno.EINVAL && !linear) return Because("HC-5.c", refused);
        if (refused != Errno.None && !linear) return Through("HC-5.b", refused);
        if (linear) AllTheSame();

        bool leaves = Remove(v, table, slot, old);
        if (!linear) Must(_step.SetUpper(v, table, slot, e), Step.SetUpper);
        else if (target == table) Must(_step.SetOwnLinear(v, table, slot, e), Step.SetOwnLinear);
        else Must(_step.SetSiblingLinear(v, table, slot, e), Step.SetSiblingLinear);

        if (old != Store.Any) LetGo(v, old, leaves);
        if (!linear) Return(v, target);
        return Granted("HC-5");
    }

    /// <summary>Empty a slot, and let go of what it held.</summary>
    private void Clear(int v, int table, int slot, int old)
    {
        bool leaves = Remove(v, table, slot, old);
        if (old != Store.Any) LetGo(v, old, leaves);
    }

    /// <returns>a table left with the caller</returns>
    private bool Remove(int v, int table, int slot, int old)
    {
        if (old == Store.Any) return false;

        bool leaves = _step.HoldsTable(table, slot, old);
        Must(_step.ClearEntry(v, table, slot, old), Step.ClearEntry);
        return leaves;
    }
}
