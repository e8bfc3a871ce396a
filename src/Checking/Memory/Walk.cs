using Model;
using Model.Domains.Concrete;

namespace Checking.Memory;

/// <summary>A processor's way through page tables, one entry after the other.</summary>
internal static class Walk
{
    /// <summary>The root that the vCPU's walks start from now, or null.</summary>
    public static Mfn? Root(Machine machine, VcpuId v) => machine.State.InKernel[v.Value] ? machine.KernelBase(v) : machine.UserBase(v);

    /// <summary>Goes down from the root through one slot at each level.</summary>
    /// <param name="path">is made the tables and slots that were gone through</param>
    /// <param name="reached">what the last entry names</param>
    /// <returns>false if an entry on the way is absent or names no memory</returns>
    public static bool Down(Machine machine, Mfn root, IReadOnlyList<int> slots, Span<(Mfn Table, int Slot)> path, out Mfn reached)
    {
        reached = root;
        for (int i = 0; i < path.Length; i++)
        {
            path[i] = (reached, slots[i]);
            if (!Follow(machine, path[i], out reached)) return false;
        }

        return true;
    }

    /// <summary>What the entry names, if it is present and names memory that exists.</summary>
    public static bool Follow(Machine machine, (Mfn Table, int Slot) at, out Mfn target)
    {
        int named = ((TargetsBySlot)machine.State.Entry.Store).TargetOf((int)at.Table.Value, at.Slot);
        target = new((ulong)named);
        return named != Store.Any && machine.Exists(target);
    }
}
