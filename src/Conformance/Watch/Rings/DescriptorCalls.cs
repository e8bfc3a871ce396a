using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;
using Model.Domains.Concrete;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Descriptor tables: what stands in them once Xen let it through must be harmless as the processor reads it.</summary>
[Clause("RG-3"), Clause("RG-4")]
internal static class DescriptorCalls
{
    /// <summary>Pages of a GDT, behind which those of an LDT come.</summary>
    private const int Local = Segments.PositionsOfTable / Abi.DescriptorsPerPage;

    /// <summary>The frames that a call wants for a table, from guest memory; empty if they cannot be read.</summary>
    public static ulong[] ReadFrames(Vcpu caller, in HypercallRegisters call)
    {
        uint entries = (uint)call.A2;
        if (entries > Abi.FirstReservedDescriptor) return [];
        ulong[] frames = new ulong[(entries + Abi.DescriptorsPerPage - 1) / Abi.DescriptorsPerPage];
        return caller.TryReadGuestWords(call.A1, frames) ? frames : [];
    }

    /// <summary>A vCPU has another table: of positions where nothing stands nothing is said, since nothing can be loaded from them.</summary>
    public static void SetTable(VcpuRings of, ReadOnlySpan<ulong> frames, uint entries)
    {
        of.Trip.IsContextNew = true;
        for (int page = 0; page < Local; page++) Exclude(of, page);
        if (entries == 0) return;

        frames.CopyTo(of.Trip.Descriptors);
        for (int page = 0; page < frames.Length; page++) Admit(of, page);
    }

    /// <summary>The table that a vCPU starts with, which nobody admitted position by position: the invariants look at what stands there.</summary>
    public static void Begin(VcpuRings of, ReadOnlySpan<ulong> frames)
    {
        frames.CopyTo(of.Trip.Descriptors);
        for (int page = 0; page < frames.Length; page++)
        {
            if (frames[page] == 0) continue;
            ReadOnlySpan<ulong> memory = of.Vcpu.Domain.Xen.Memory.Entries(frames[page]);
            for (int slot = 0; slot < memory.Length; slot++)
            {
                if (memory[slot] == 0) continue;
                int position = (page * Abi.DescriptorsPerPage) + slot;
                of.World.Learn(of.V, position, DescriptorFacts.Of(memory[slot]));
                of.S.InLimit.Assign(true, true, of.V, position);
            }
        }
    }

    /// <summary>A descriptor was written: into every table of the domain that the frame is part of.</summary>
    public static void Update(VcpuRings r, in HypercallRegisters call)
    {
        ulong at = r.Is32 ? (uint)call.A1 | (call.A2 << 32) : call.A1, mfn = at >> 12;
        int slot = (int)(at >> 3) % Abi.DescriptorsPerPage;
        DescriptorFacts d = DescriptorFacts.Of(r.Vcpu.Domain.Xen.Memory.Entries(mfn)[slot]);
        foreach (VcpuRings u in r.World.Vcpus)
        {
            u.Trip.IsContextNew = true;
            for (int page = 0; page < u.Trip.Descriptors.Length; page++)
            {
                if (u.Trip.Descriptors[page] != mfn) continue;
                int position = (page * Abi.DescriptorsPerPage) + slot;
                r.S.InLimit.Assign(true, true, u.V, position); // A zero stood there, of which nothing was said.
                r.Take(
                    RingStep.WriteDescriptor, r.Steps.WriteDescriptor(r.V, u.V, position, d.Level, d.IsCode, d.IsData, d.IsGate, d.IsLong), (ulong)position);
            }
        }
    }

    /// <summary>A page of the LDT was used: it is part of the table until Xen lets it go.</summary>
    [Clause("PT-26")]
    public static void Map(VcpuRings of, int page, ulong mfn)
    {
        Exclude(of, Local + page);
        of.Trip.Descriptors[Local + page] = mfn;
        Admit(of, Local + page);
        if (of.Trip is { Owed: Owed.Entry, IsTableFault: true }) of.Trip.Owed = Owed.Nothing;
    }

    /// <summary>Pages of the LDT that Xen let go since are part of the table no more, but for the one that code runs from.</summary>
    public static void Forget(VcpuRings of)
    {
        for (int page = Local; page < of.Trip.Descriptors.Length; page++)
        {
            if (of.Trip.Descriptors[page] == of.Vcpu.LdtFrames[page - Local] || of.World.CodeOf(of.V) / Abi.DescriptorsPerPage == page) continue;
            Exclude(of, page);
        }
    }

    private static void Exclude(VcpuRings of, int page)
    {
        if (of.Trip.Descriptors[page] == 0) return;
        of.Trip.Descriptors[page] = 0;
        int first = page * Abi.DescriptorsPerPage;
        for (int position = first; position < first + Abi.DescriptorsPerPage; position++)
        {
            if (of.S.InLimit[of.V, position]) of.Take(RingStep.Exclude, of.Steps.Exclude(of.V, position), (ulong)position);
        }
    }

    private static void Admit(VcpuRings of, int page)
    {
        ReadOnlySpan<ulong> memory = of.Vcpu.Domain.Xen.Memory.Entries(of.Trip.Descriptors[page]);
        int next = 0;
        while (next < memory.Length && memory[next..].IndexOfAnyExcept(0UL) is >= 0 and var skipped)
        {
            int slot = next + skipped;
            Admit(of, (page * Abi.DescriptorsPerPage) + slot, DescriptorFacts.Of(memory[slot]));
            next = slot + 1;
        }
    }

    private static void Admit(VcpuRings of, int position, in DescriptorFacts d)
    {
        of.World.Learn(of.V, position, d);
        of.Take(RingStep.Admit, of.Steps.Admit(of.V, position, d.Level), (ulong)position);
    }
}
