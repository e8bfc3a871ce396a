namespace Checking.Memory;

/// <summary>Frames and vCPUs under other names, so that all that happens in the scope happens under the new names too.</summary>
/// <remarks>
/// Boot treats the first domain's untyped frames alike, and the vCPUs of a domain, and requests name all of them alike. Of the
/// untyped frames the first five are renamed, of the vCPUs of each domain the first three, so that the group stays small.
/// </remarks>
internal sealed class Renaming
{
    private const int MostFrames = 5, MostVcpus = 3;

    private readonly int[] _frames;
    private readonly int[] _from;
    private readonly CellSort[] _sorts;
    private readonly int _bits;

    /// <param name="frames">for each frame its new number</param>
    /// <param name="vcpus">for each vCPU its new number</param>
    /// <param name="bits">of an entry below its target</param>
    private Renaming(Layout layout, int[] frames, int[] vcpus, int bits)
    {
        _frames = frames;
        _bits = bits;
        Dictionary<(string, bool, int, int), int> places = [];
        for (int i = 0; i < layout.Cells.Length; i++) places[Place(layout.Cells[i], layout.Cells[i].Row)] = i;

        _from = new int[layout.Cells.Length];
        _sorts = [.. layout.Cells.Select(c => c.Sort)];
        for (int i = 0; i < layout.Cells.Length; i++)
        {
            Cell cell = layout.Cells[i];
            _from[places[Place(cell, (cell.IsOfVcpu ? vcpus : frames)[cell.Row])]] = i;
        }
    }

    /// <summary>The group of the scope, the renaming that changes nothing first.</summary>
    public static Renaming[] Of(MemoryScope scope, Layout layout)
    {
        int[] untyped = [.. scope.Untyped.Take(MostFrames).Select(f => (int)f.Value)];
        List<int[]> frames = [.. Permutations(scope.Shape.Frames, untyped)];
        IEnumerable<int[]> vcpus = [[.. Enumerable.Range(0, scope.Shape.Vcpus.Count)]];
        for (int d = 1; d <= scope.Sizes.Domains; d++)
        {
            int[] own = [.. scope.VcpusOf(d).Take(MostVcpus).Select(v => v.Value)];
            vcpus = [.. from earlier in vcpus from one in Permutations(scope.Shape.Vcpus.Count, own) select (int[])[.. earlier.Select(v => one[v])]];
        }

        return [.. from v in vcpus from f in frames select new Renaming(layout, f, v, scope.Entries.Bits)];
    }

    /// <summary>The number of each cell in the renamed state.</summary>
    public void Apply(ulong[] values, ulong[] renamed)
    {
        for (int i = 0; i < renamed.Length; i++)
        {
            ulong value = values[_from[i]];
            renamed[i] = _sorts[i] switch
            {
                CellSort.Frame when value != 0 => (ulong)_frames[value - 1] + 1,
                CellSort.Frames when value != 0 => Rename(value),
                CellSort.Content when value != 0 => (((ulong)_frames[(value >> _bits) - 1] + 1) << _bits) | (value & ((1UL << _bits) - 1)),
                _ => value,
            };
        }
    }

    private ulong Rename(ulong frames)
    {
        ulong renamed = 0;
        for (; frames != 0; frames &= frames - 1) renamed |= 1UL << _frames[System.Numerics.BitOperations.TrailingZeroCount(frames)];
        return renamed;
    }

    private static (string, bool, int, int) Place(Cell cell, int row) => (cell.Name, cell.IsOfVcpu, row, cell.Slot);

    /// <summary>Every permutation of 0 to <paramref name="size"/> that moves only some; the first moves nothing.</summary>
    private static IEnumerable<int[]> Permutations(int size, int[] moved)
    {
        foreach (int[] order in Orders(moved))
        {
            int[] all = [.. Enumerable.Range(0, size)];
            for (int i = 0; i < moved.Length; i++) all[moved[i]] = order[i];
            yield return all;
        }
    }

    private static IEnumerable<int[]> Orders(int[] of) =>
        of.Length == 0 ? [[]] : from first in of from rest in Orders([.. of.Where(o => o != first)]) select (int[])[first, .. rest];
}
