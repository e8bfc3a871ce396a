using Implementation.Hypervisor;

namespace Implementation.Tests.Tables;

/// <summary>Counts every holder of every frame anew, from nothing but table contents, marks and roots.</summary>
internal static class Recount
{
    /// <summary>Null if every count is the number of its holders and every audited entry passes; else what is wrong.</summary>
    public static string? FirstMistake(Bench bench)
    {
        Xen xen = bench.Xen;
        int count = (int)xen.Frames.Count;
        (int[] general, int[] type, int[] linear) = (new int[count], new int[count], new int[count]);

        for (ulong mfn = 0; mfn < (ulong)count; mfn++)
        {
            ref readonly FrameInfo frame = ref xen.Frames[mfn];
            foreach (bool isHeld in (bool[])[frame.IsAllocated, frame.IsPinned, frame.IsPartial]) general[mfn] += isHeld ? 1 : 0;
            foreach (bool isHeld in (bool[])[frame.IsXenHeap, frame.IsPinned, frame.IsPartial]) type[mfn] += isHeld ? 1 : 0;
            if (CountEntries(bench, mfn, general, type, linear) is { } mistake) return mistake;
        }

        foreach ((ulong mfn, bool isPartial) in bench.Tables.Pending)
        {
            general[mfn]++;
            if (!isPartial) type[mfn]++;
        }

        foreach (Vcpu v in bench.Domain.Vcpus)
        {
            foreach (ulong held in v.GdtFrames.Concat(v.LdtFrames).Append(v.KernelRootMfn).Append(v.UserRootMfn).Where(mfn => mfn != 0))
            {
                general[held]++;
                type[held]++;
            }
        }

        return Compare(bench, general, type, linear);
    }

    private static string? CountEntries(Bench bench, ulong table, int[] general, int[] type, int[] linear)
    {
        FrameInfo frame = bench.Xen.Frames[table];
        if (!frame.IsTable || !(frame.IsValidated || frame.IsPartial)) return null;

        int level = (int)frame.Type;
        int held = frame.IsPartial ? frame.ValidatedEntries : Pte.TableEntries;
        ReadOnlySpan<ulong> entries = bench.Xen.Memory.Entries(table);
        for (int slot = 0; slot < held; slot++)
        {
            ulong entry = entries[slot];
            if (entry == 0 || !Pte.IsPresent(entry) || !PageTables.IsGuestSlot(frame, slot)) continue;

            ulong target = Pte.Mfn(entry);
            if ((entry & bench.Tables.DisallowedBits(level, bench.Domain)) != 0)
                return $"{table:x}[{slot}] has a forbidden bit: {entry:x}";
            if (target == table && level > 1 && Pte.IsWritable(entry)) return $"{table:x}[{slot}] maps itself writable";
            if (target == table && level > 1) continue;

            general[target]++;
            if (level == 1 && !Pte.IsWritable(entry)) continue;

            type[target]++;
            PageType now = bench.Xen.Frames[target].Type;
            bool isLinear = level > 1 && now == frame.Type;
            if (isLinear) (linear[table], linear[target]) = (linear[table] + 1, linear[target] - 1);
            PageType needed = isLinear ? frame.Type : level == 1 ? PageType.Writable : (PageType)(level - 1);
            if (now != needed || !bench.Xen.Frames[target].IsValidated)
                return $"{table:x}[{slot}] needs {needed} and {target:x} is {now}";
            if (isLinear && Pte.IsWritable(entry)) return $"{table:x}[{slot}] is linear and writable";
        }

        if (frame.IsPartial && frame.IsNextEntryPartial) general[Pte.Mfn(entries[held])]++;
        return null;
    }

    private static string? Compare(Bench bench, int[] general, int[] type, int[] linear)
    {
        ulong owned = 0;
        for (ulong mfn = 0; mfn < bench.Xen.Frames.Count; mfn++)
        {
            FrameInfo frame = bench.Xen.Frames[mfn];
            if (frame.Owner == bench.Domain.Id && !frame.IsXenHeap) owned++;
            string name = $"{mfn:x} ({frame.Type})";
            if (frame.RefCount != general[mfn]) return $"{name}: general count {frame.RefCount}, holders {general[mfn]}";
            if (frame.TypeCount != type[mfn]) return $"{name}: type count {frame.TypeCount}, holders {type[mfn]}";
            if (frame.LinearCount != linear[mfn]) return $"{name}: linear count {frame.LinearCount}, counted {linear[mfn]}";
            bool isFree = frame.Owner == FrameTable.NoOwner;
            if (frame.RefCount == 0 != isFree) return $"{name}: {frame.RefCount} holders and owner {frame.Owner:x}";
        }

        return owned == bench.Domain.TotalPages ? null : $"{owned} frames, and TotalPages says {bench.Domain.TotalPages}";
    }
}
