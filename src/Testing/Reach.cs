using Implementation.Hypervisor;
using Implementation.Memory;
using Model;

namespace Testing;

/// <summary>What the processor's page walk leaves a guest to write.</summary>
internal static class Reach
{
    private const ulong Needed = Pte.Present | Pte.Writable | Pte.User;

    /// <summary>The slots of a root that are Xen's (xen/include/public/arch-x86/xen-x86_64.h); Xen shares nothing writable there.</summary>
    private const int FirstXenSlot = 256, LastXenSlot = 271;

    public static HashSet<Mfn> Writable(Domain domain)
    {
        HashSet<Mfn> found = [];
        PhysicalMemory memory = domain.Xen.Memory;
        foreach (ulong root in domain.Vcpus.SelectMany(v => (ulong[])[v.KernelRootMfn, v.UserRootMfn]).Distinct())
        {
            if (root != 0) Walk(memory, root, level: 4, found);
        }

        foreach (Vcpu vcpu in domain.Vcpus)
        {
            foreach (var cached in vcpu.Cpu.CachedTranslations())
            {
                if (cached.Writable) found.Add(new(cached.Mfn));
            }
        }

        return found;
    }

    private static void Walk(PhysicalMemory memory, ulong table, int level, HashSet<Mfn> found)
    {
        if (!memory.Contains(table)) return;
        ReadOnlySpan<ulong> entries = memory.Entries(table);
        for (int slot = 0; slot < entries.Length; slot++)
        {
            ulong entry = entries[slot];
            if ((entry & Needed) != Needed || (level == 4 && slot is >= FirstXenSlot and <= LastXenSlot)) continue;
            if (level == 1) found.Add(new(Pte.Mfn(entry)));
            else if (level < 4 && (entry & Pte.PageSize) != 0) AddSuperpage(memory, Pte.Mfn(entry), level, found);
            else Walk(memory, Pte.Mfn(entry), level - 1, found);
        }
    }

    /// <remarks>The low bits of the frame number are the address's (SDM Vol. 3A, tables 4-16 and 4-18).</remarks>
    private static void AddSuperpage(PhysicalMemory memory, ulong named, int level, HashSet<Mfn> found)
    {
        ulong frames = 1UL << (9 * (level - 1)), first = named & ~(frames - 1);
        for (ulong mfn = first; mfn < first + frames && memory.Contains(mfn); mfn++) found.Add(new(mfn));
    }
}
