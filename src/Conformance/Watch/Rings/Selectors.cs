using Conformance.Bridge;
using Implementation.Cpu;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Data selectors that come and go.</summary>
internal static class Selectors
{
    /// <summary>The position is named by a data selector from here on.</summary>
    public static void Load(VcpuRings r, ushort selector)
    {
        int position = Segments.Position(selector), cpl = (int)r.S.Cpl[r.V].Value;
        if (r.Read(selector) is { IsConforming: true } code && code.Level <= cpl) r.World.Conform(r.V, position, cpl);
        r.Take(RingStep.LoadData, r.Steps.LoadData(r.V, position, r.World.LevelAt(r.V, position)), selector);
        if (!r.World.Named(r.V).Contains(position)) r.World.Named(r.V).Add(position);
    }

    /// <summary>Positions that no data selector names any more are named no more. SS is none of those that Xen looks at when it returns.</summary>
    public static void Drop(VcpuRings r)
    {
        List<int> named = r.World.Named(r.V);
        for (int i = named.Count - 1; i >= 0; i--)
        {
            if (IsNamed(r, named[i])) continue;
            r.Take(RingStep.DropData, r.Steps.DropData(r.V, named[i]), (ulong)named[i]);
            named.RemoveAt(i);
        }
    }

    private static bool IsNamed(VcpuRings r, int position)
    {
        foreach (SegmentRegister register in VcpuRings.Data)
        {
            ushort selector = r.Trip.Selector(register);
            if (!Segments.IsNull(selector) && Segments.Position(selector) == position) return true;
        }

        return false;
    }
}
