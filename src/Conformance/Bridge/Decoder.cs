using System.Buffers.Binary;
using System.Numerics;
using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>Reads hypercalls from a guest's registers and memory, by the public headers and independently of the hypervisor.</summary>
/// <param name="xen">the machine</param>
/// <param name="vcpus">which of the model's vCPUs each is</param>
/// <param name="read">reads eight bytes as an entry of a frame, as it is in use now</param>
internal sealed class Decoder(Xen xen, VcpuNumbers vcpus, Func<ulong, Mfn, Entry> read)
{
    /// <summary>Frames read of one reservation at most; no guest has memory for more.</summary>
    private const uint MostElements = 1 << 24;

    /// <summary>The request behind a hypercall whose effect on memory is known before it is carried out.</summary>
    /// <remarks>
    /// Requests by which Xen chooses frames are decoded by <see cref="DecodeAllocation"/> once it has chosen; a <see cref="Batch"/>
    /// is decoded element by element.
    /// </remarks>
    public Decoded Decode(Vcpu caller, in HypercallRegisters r) => r.Number switch
    {
        Abi.UpdateVaMappingOtherDomain when (ushort)(caller.Domain.Is32Bit ? r.A5 : r.A4) == Domid.Self.Value => new(DecodeUpdateVaMapping(caller, r)),
        Abi.UpdateVaMapping => new(DecodeUpdateVaMapping(caller, r)),
        Abi.SetGdt => DecodeSetGdt(caller, r),
        Abi.UpdateDescriptor => new(DecodeUpdateDescriptor(caller, r)),
        Abi.MemoryOp when (r.A1 & ((1 << Abi.MemoryOpBits) - 1)) == Abi.DecreaseReservation => DecodeDecrease(caller, r),
        Abi.VcpuOp when (uint)r.A1 == Abi.Initialise => new(DecodeInitialise(caller, r)),
        Abi.VcpuOp when (uint)r.A1 == Abi.RegisterVcpuInfo => new(DecodeRegisterVcpuInfo(caller, r)),
        _ => new(Other(caller, r)),
    };

    /// <summary>An element of mmu_update or mmuext_op, or null if it cannot be read.</summary>
    public Request? DecodeElement(Vcpu caller, in HypercallRegisters r, ulong address) =>
        r.Number == Abi.MmuUpdate ? DecodeUpdate(caller, r, address) : DecodeOperation(caller, r, address);

    private MmuUpdate? DecodeUpdate(Vcpu caller, in HypercallRegisters r, ulong address)
    {
        Span<byte> raw = stackalloc byte[Abi.MmuUpdateSize];
        if (!caller.TryRead(address, raw)) return null;

        ulong pointer = BinaryPrimitives.ReadUInt64LittleEndian(raw), value = BinaryPrimitives.ReadUInt64LittleEndian(raw[8..]);
        ulong command = pointer & Abi.MmuCommandMask;
        UpdateKind kind = command <= (ulong)UpdateKind.NoTranslate ? (UpdateKind)command : UpdateKind.Unknown;
        Mfn frame = new(pointer >> 12);
        Entry entry = kind == UpdateKind.MachPhys ? default : read(value, frame);
        Update update = new(kind, frame, (int)(pointer >> 3) & (PageEntry.Slots - 1), entry);
        return new(Id(caller), [update], (uint)r.A4);
    }

    private MmuExtOp? DecodeOperation(Vcpu caller, in HypercallRegisters r, ulong address)
    {
        Span<byte> raw = stackalloc byte[caller.Domain.Is32Bit ? Abi.MmuExtOpSize32 : Abi.MmuExtOpSize];
        if (!caller.TryRead(address, raw)) return null;

        int word = caller.Domain.WordSize();
        ExtCommand command = (ExtCommand)BinaryPrimitives.ReadUInt32LittleEndian(raw);
        ulong first = GuestWords.GuestWord(raw, word, word), second = GuestWords.GuestWord(raw, 2 * word, word);
        ExtOp op = command switch
        {
            ExtCommand.TlbFlushMulti or ExtCommand.InvlpgMulti => new(command, Vcpus: ReadVcpus(caller, second)),
            ExtCommand.SetLdt => DecodeLdt(caller, (uint)second, first),
            _ => new(command, new(first), new(second)),
        };
        return new(Id(caller), [op], (uint)r.A4);
    }

    /// <summary>MMUEXT_SET_LDT; an LDT without entries has no address.</summary>
    private static ExtOp DecodeLdt(Vcpu caller, uint entries, ulong address)
    {
        ulong linear = entries == 0 ? 0 : address;
        bool isSame = entries <= int.MaxValue && caller.Ldt == (linear, (int)entries);
        return new(ExtCommand.SetLdt, Entries: entries, Address: linear, IsSame: isSame);
    }

    /// <summary>The use of a page of an LDT, before Xen takes it.</summary>
    public MapLdtPage DecodeLdtPage(Vcpu vcpu, int page, ulong mfn) =>
        new(Id(vcpu), page, new(new(mfn), HoldsLawfulDescriptors(mfn, vcpu.Domain)));

    private UpdateVaMapping DecodeUpdateVaMapping(Vcpu caller, in HypercallRegisters r)
    {
        (ulong value, ulong flags) = caller.Domain.Is32Bit ? (r.A2 | r.A3 << 32, r.A4) : (r.A2, r.A3);
        return ToFlush(new(Id(caller), FindLeafTable(caller, r.A1), PageEntry.Slot(r.A1, 1), PageEntry.Read(value, 1), FlushKind.None, []), caller, flags);
    }

    /// <summary>The same once it is done: Xen reads whom to flush after it has changed the entry, which may be the one through which it reads.</summary>
    public Decoded WithFlush(Decoded asked, Vcpu caller, in HypercallRegisters r) =>
        asked.Request is UpdateVaMapping u ? asked with { Request = ToFlush(u, caller, caller.Domain.Is32Bit ? r.A4 : r.A3) } : asked;

    private UpdateVaMapping ToFlush(UpdateVaMapping update, Vcpu caller, ulong flags)
    {
        FlushKind flush = (FlushKind)(flags & Abi.FlushTypeMask);
        ulong whom = flags & ~Abi.FlushTypeMask;
        // Xen looks at the bitmap only if there is something to flush.
        IReadOnlyList<VcpuId>? flushed = whom switch
        {
            0 => [],
            _ when flush is not (FlushKind.Tlb or FlushKind.Page) => [],
            Abi.FlushAll => [.. caller.Domain.Vcpus.Select(Id)],
            _ => ReadVcpus(caller, whom),
        };
        // To the model, no vCPUs are the caller; a bitmap without any names nobody.
        if (whom != 0 && flushed is { Count: 0 }) flush = FlushKind.None;
        return update with { Flush = flush, Vcpus = flushed ?? [], VcpusReadable = flushed is not null };
    }

    private Decoded DecodeSetGdt(Vcpu caller, in HypercallRegisters r)
    {
        uint entries = (uint)r.A2;
        List<DescriptorFrame> frames = [];
        if (entries <= Abi.FirstReservedDescriptor)
        {
            uint pages = (entries + Abi.DescriptorsPerPage - 1) / Abi.DescriptorsPerPage;
            for (uint i = 0; i < pages; i++)
            {
                if (!caller.TryReadGuestWord(r.A1 + (i * (uint)caller.Domain.WordSize()), out ulong mfn)) return new(Other(caller, r));
                frames.Add(new(new(mfn), HoldsLawfulDescriptors(mfn, caller.Domain)));
            }
        }

        return new(new SetGdt(Id(caller), frames, entries));
    }

    private UpdateDescriptor DecodeUpdateDescriptor(Vcpu caller, in HypercallRegisters r)
    {
        bool is32Bit = caller.Domain.Is32Bit;
        (ulong at, ulong descriptor) = is32Bit ? (r.A1 | r.A2 << 32, r.A3 | r.A4 << 32) : (r.A1, r.A2);
        Mfn frame = new(at >> 12);
        return new(
            Id(caller), frame, (int)(at >> 3) & (PageEntry.Slots - 1), (at & 7) == 0, SegmentDescriptor.IsLawful(descriptor, is32Bit), read(descriptor, frame));
    }

    private Decoded DecodeDecrease(Vcpu caller, in HypercallRegisters r)
    {
        ulong done = r.A1 >> Abi.MemoryOpBits;
        if (!TryReadReservation(caller, r, out ulong list, out ulong count, out int order)) return new(Other(caller, r));
        List<Mfn> frames = [];
        for (ulong i = done; i < count && i < MostElements; i++)
        {
            if (!caller.TryReadGuestWord(list + (i * (ulong)caller.Domain.WordSize()), out ulong first)) break;
            for (ulong k = 0; k < 1UL << order; k++) frames.Add(new(first + k));
        }

        return new(new DecreaseReservation(Id(caller), frames), DoneBefore: done, Order: order);
    }

    /// <summary>What a request for frames has room for, before Xen writes anything; none if the call is no such request.</summary>
    public static Room DecodeRoom(Vcpu caller, in HypercallRegisters r) =>
        IsAllocation(r) && TryReadReservation(caller, r, out _, out ulong count, out int order) ? new(r.A1 >> Abi.MemoryOpBits, count, order) : default;

    private static bool IsAllocation(in HypercallRegisters r) =>
        r.Number == Abi.MemoryOp && (r.A1 & ((1 << Abi.MemoryOpBits) - 1)) is Abi.IncreaseReservation or Abi.PopulatePhysmap;

    /// <summary>The request by which Xen gave the caller frames of its own choice, or null if this call was none.</summary>
    /// <param name="answer">what the hypervisor answered: the extents it allocated</param>
    public Request? DecodeAllocation(Vcpu caller, in HypercallRegisters r, long answer)
    {
        if (!IsAllocation(r)) return null;

        List<Mfn> frames = [];
        if (TryReadReservation(caller, r, out ulong list, out _, out int order))
        {
            for (long i = (long)(r.A1 >> Abi.MemoryOpBits); i < answer; i++)
            {
                if (!caller.TryReadGuestWord(list + ((ulong)i * (ulong)caller.Domain.WordSize()), out ulong first)) break;
                for (ulong k = 0; k < 1UL << order; k++) frames.Add(new(first + k));
            }
        }

        return (r.A1 & ((1 << Abi.MemoryOpBits) - 1)) == Abi.IncreaseReservation ? new IncreaseReservation(Id(caller), frames) : new PopulatePhysmap(Id(caller), frames);
    }

    private static bool TryReadReservation(Vcpu caller, in HypercallRegisters r, out ulong list, out ulong count, out int order)
    {
        Span<byte> raw = stackalloc byte[caller.Domain.Is32Bit ? Abi.ReservationSize32 : Abi.ReservationSize];
        bool isReadable = caller.TryRead(r.A2, raw);
        int word = caller.Domain.WordSize();
        (list, count) = (GuestWords.GuestWord(raw, 0, word), GuestWords.GuestWord(raw, word, word));
        ReadOnlySpan<byte> rest = raw[(2 * word)..];
        uint power = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        order = (int)Math.Min(power, Abi.MaxOrder);
        uint addressBits = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) & 0xff;
        ushort domain = BinaryPrimitives.ReadUInt16LittleEndian(rest[8..]);

        // Any other reservation Xen leaves alone: it answers how far it was.
        return isReadable && (domain == Domid.Self.Value || domain == caller.Domain.Id)
            && power <= Abi.MaxOrder && count <= Abi.MaxExtents && addressBits is 0 or > 12 && Abi.IsGuests(list);
    }

    private Request DecodeRegisterVcpuInfo(Vcpu caller, in HypercallRegisters r)
    {
        Span<byte> raw = stackalloc byte[Abi.RegisterVcpuInfoSize];
        bool isSound = r.A2 < (ulong)caller.Domain.Vcpus.Length
            && caller.TryRead(r.A3, raw)
            && BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]) <= 4096 - Abi.VcpuInfoSize
            && caller.Domain.Vcpus[r.A2] is var target && (target == caller || target.State == VcpuState.Down);
        return isSound
            ? new RegisterVcpuInfo(Id(caller), new(BinaryPrimitives.ReadUInt64LittleEndian(raw)), Id(caller.Domain.Vcpus[r.A2]))
            : Other(caller, r);
    }

    private Request DecodeInitialise(Vcpu caller, in HypercallRegisters r)
    {
        bool is32Bit = caller.Domain.Is32Bit;
        byte[] raw = new byte[is32Bit ? GuestContext32.Size : GuestContext64.Size];
        uint target = (uint)r.A2;
        if (target >= (uint)caller.Domain.Vcpus.Length || !caller.TryRead(r.A3, raw)) return Other(caller, r);

        GuestContext context = is32Bit ? new GuestContext32(raw) : new GuestContext64(raw);
        return new InitialiseVcpu(
            Id(caller),
            Id(caller.Domain.Vcpus[target]),
            context.IsSound,
            context.HasLdt,
            [.. context.DescriptorFrames.Select(mfn => new DescriptorFrame(new(mfn), HoldsLawfulDescriptors(mfn, caller.Domain)))],
            context.Descriptors,
            context.Kernel,
            context.User,
            context.StartsInKernel);
    }

    private VcpuId Id(Vcpu vcpu) => vcpus.Of(vcpu);

    private NonMemory Other(Vcpu caller, in HypercallRegisters r) => new(Id(caller), Abi.Name(r.Number));

    /// <summary>The vCPUs named by a guest's bitmap, or null if it cannot be read.</summary>
    private List<VcpuId>? ReadVcpus(Vcpu caller, ulong bitmapAt)
    {
        List<VcpuId> named = [];
        int word = caller.Domain.WordSize();
        for (int first = 0; first < caller.Domain.Vcpus.Length; first += word * 8)
        {
            if (!caller.TryReadGuestWord(bitmapAt + ((ulong)first / 8), out ulong bits)) return null;
            for (; bits != 0; bits &= bits - 1)
            {
                int number = first + BitOperations.TrailingZeroCount(bits);
                if (number < caller.Domain.Vcpus.Length) named.Add(Id(caller.Domain.Vcpus[number]));
            }
        }

        return named;
    }

    private bool HoldsLawfulDescriptors(ulong mfn, Domain owner)
    {
        if (!xen.Memory.Contains(mfn)) return false;
        foreach (ulong descriptor in xen.Memory.Entries(mfn))
            if (!SegmentDescriptor.IsLawful(descriptor, owner.Is32Bit)) return false;

        return true;
    }

    /// <summary>The leaf table that the caller's kernel tables hold for an address, or null.</summary>
    private Mfn? FindLeafTable(Vcpu caller, ulong linear)
    {
        if (!GuestWalk.IsGuests(caller, linear)) return null;
        ulong table = caller.KernelRootMfn;
        for (int level = Mirror.LevelsOf(caller.Domain); level > 1; level--)
        {
            if (!xen.Memory.Contains(table)) return null;
            Entry entry = PageEntry.Read(xen.Memory.Entries(table)[PageEntry.Slot(linear, level)], level);
            if (!entry.IsPresent || entry.Has(EntryFlags.Superpage)) return null;
            table = entry.Target.Value;
        }

        return new(table);
    }
}
