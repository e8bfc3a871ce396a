using System.Buffers.Binary;
using Conformance.Bridge;
using Conformance.Watch;
using Implementation.Cpu;
using Implementation.Domains;
using Implementation.Hypercalls;
using Implementation.Hypervisor;

namespace Conformance.Tests;

/// <summary>A guest that runs no code: its hypercalls are drawn at random, most of them nearly right, over a few frames.</summary>
internal sealed class ScriptedGuest : IDisposable
{
    private const int PoolSize = 10, LastRootSlot32 = 3;

    private static readonly int[] Slots64 = [0, 1, 2, 255, 256, 271, 272, 300, 511], Slots32 = [0, 1, 2, 3, 4, 427, 428, 511];

    private readonly Random _random;
    private readonly Xen _xen;
    private readonly Vcpu _vcpu;
    private readonly ulong[] _pool;
    private readonly ulong _root;
    private readonly ulong _arguments;
    private readonly bool _is32Bit;

    /// <summary>Bytes of a word of the guest's.</summary>
    private readonly int _word;

    /// <param name="is32Bit">the guest is one of 32 bits</param>
    public ScriptedGuest(int seed, bool is32Bit = false)
    {
        (_is32Bit, _word) = (is32Bit, is32Bit ? 4 : 8);
        _random = new(seed);
        Watch = new();
        _xen = new(new() { MemoryFrames = is32Bit ? 4096u : 2048, Seed = (ulong)seed }, Watch);
        Domain domain = DomainBuilder.Build(_xen, is32Bit
            ? new() { Image = File.ReadAllBytes(Guests.Grub32), MemoryPages = 3072 }
            : new() { Image = File.ReadAllBytes(Guests.Image("selftest")), MemoryPages = 1536 });
        _vcpu = domain.Vcpus[0];
        _root = _vcpu.KernelRootMfn;
        _arguments = _vcpu.Cpu[Gpr.Rsp] - 4096;
        _pool = [.. Enumerable.Range(0, (int)_xen.Memory.Frames).Select(f => (ulong)f)
            .Where(f => _xen.Frames[f] is { Owner: 1, IsXenHeap: false, TypeCount: 0 }).Take(PoolSize)];
    }

    public ModelWatch Watch { get; }

    /// <summary>One hypercall, or one store of the guest's to its own memory.</summary>
    public void Step(SortedDictionary<string, (int Accepted, int Refused)> answers)
    {
        (string name, long answer) = _random.Next(25) switch
        {
            < 4 => ("store", Store()),
            < 9 => ("mmu_update", MmuUpdate()),
            < 14 => MmuExtOp(),
            14 => ("update_va_mapping", CallWide(14, [Address()], Entry(1), [(ulong)_random.Next(4)])),
            15 => ("update_va_mapping_otherdomain", CallWide(22, [Address()], Entry(1), [(ulong)_random.Next(4), _random.Next(8) == 0 ? 0 : 0x7ff0UL])),
            16 => ("set_gdt", SetGdt()),
            17 => ("update_descriptor", UpdateDescriptor()),
            18 => ("decrease_reservation", Decrease()),
            19 => ("set_ldt", SetLdt()),
            < 23 => ("LDT page", UseLdt()),
            23 => ("mov cr3", LoadRoot()),
            _ => ("increase_reservation", Increase()),
        };
        (int accepted, int refused) = answers.GetValueOrDefault(name);
        bool isCount = name.EndsWith("reservation", StringComparison.Ordinal);
        answers[name] = answer > 0 || (answer == 0 && !isCount) ? (accepted + 1, refused) : (accepted, refused + 1);
    }

    public void Dispose() => _xen.Dispose();

    /// <summary>Fills a frame that the guest may write as it likes: a few entries, or a copy of its root.</summary>
    private long Store()
    {
        ulong mfn = _pool[_random.Next(PoolSize)];
        FrameInfo frame = _xen.Frames[mfn];
        if (frame.Owner != 1 || frame.TypeCount > 0 || frame.IsPartial) return -1;
        Span<ulong> entries = _xen.Memory.Entries(mfn);
        if (_random.Next(4) == 0) _xen.Memory.Entries(_root).CopyTo(entries);
        else if (_random.Next(3) == 0) entries.Clear();
        if (_is32Bit && _random.Next(3) == 0) MakeRoot32(entries);
        int level = 1 + _random.Next(4);
        for (int n = _random.Next(4); n > 0; n--) entries[Slot()] = Entry(level);
        return 0;
    }

    /// <summary>The guest's own root but for its last entry, which is another root's to have.</summary>
    private void MakeRoot32(Span<ulong> entries)
    {
        _xen.Memory.Entries(_root).CopyTo(entries);
        entries[LastRootSlot32] = (_pool[_random.Next(PoolSize)] << 12) | 1;
    }

    private long MmuUpdate()
    {
        int count = 1 + _random.Next(3);
        byte[] requests = new byte[count * 16];
        for (int i = 0; i < count; i++)
        {
            ulong table = _random.Next(8) == 0 ? _root : Frame();
            ulong command = _random.Next(8) switch { 0 => 2UL, 1 => (ulong)_random.Next(8), _ => 0 };
            int level = Math.Max(1, (int)_xen.Frames[Math.Min(table, _xen.Memory.Frames - 1)].Type);
            int slot = table == _root || table == _vcpu.KernelRootMfn ? RootSlot() : Slot(); // The script needs its own page of arguments.
            BinaryPrimitives.WriteUInt64LittleEndian(requests.AsSpan(i * 16), (table << 12) + ((ulong)slot * 8) + command);
            BinaryPrimitives.WriteUInt64LittleEndian(requests.AsSpan((i * 16) + 8), Entry(Math.Min(level, 4)));
        }

        Put(requests);
        return Call(1, _arguments, (ulong)count, _random.Next(2) == 0 ? 0 : _arguments + 2048, _random.Next(20) == 0 ? (ulong)_random.Next(4) : 0x7ff0);
    }

    private (string, long) MmuExtOp()
    {
        int count = _random.Next(4) == 0 ? 2 + _random.Next(3) : 1;
        int size = 3 * _word;
        byte[] ops = new byte[count * size];
        uint command = 0;
        for (int i = 0; i < count; i++) command = Operation(ops.AsSpan(i * size, size));
        Put(ops);
        string name = command switch
        {
            _ when count > 1 => "several mmuext_op",
            < 4 => $"PIN_L{command + 1}",
            4 => "UNPIN",
            5 => "NEW_BASEPTR",
            15 => "NEW_USER_BASEPTR",
            _ => "other mmuext_op",
        };
        return (name, Call(26, _arguments, (ulong)count, _random.Next(2) == 0 ? 0 : _arguments + 2048, 0x7ff0));
    }

    /// <summary>Writes one operation.</summary>
    /// <returns>its command</returns>
    private uint Operation(Span<byte> op)
    {
        uint command = (uint)_random.Next(12) switch { < 4 and var level => level, < 8 => 4, 8 => 5, 9 => 15, _ => (uint)_random.Next(22) };
        ulong frame = command == 5 && _random.Next(3) > 0 ? _root : Frame();
        // A root without the kernel in it would be the end of the script.
        if (command == 5 && !MapsArguments(frame)) frame = _root;
        BinaryPrimitives.WriteUInt32LittleEndian(op, command);
        WriteWord(op[_word..], frame);
        WriteWord(op[(2 * _word)..], command is 8 or 9 ? _arguments : Frame());
        return command;
    }

    /// <summary>MOV CR3, RAX, which the processor refuses and the hypervisor carries out.</summary>
    private long LoadRoot()
    {
        ulong frame = Frame(), code = _arguments + 3072, rip = _vcpu.Cpu.Rip;
        if (!MapsArguments(frame)) frame = _root;
        Assert.True(_vcpu.TryWrite(code, [0x0f, 0x22, 0xd8]));
        _vcpu.Cpu.Rip = code;
        _vcpu.Cpu[Gpr.Rax] = _is32Bit ? (uint)(frame << 12) | (frame >> 20) : frame << 12;
        bool isDone = PrivilegedInstructions.TryEmulate(_vcpu);
        _vcpu.Cpu.Rip = rip;
        return isDone ? 0 : -1;
    }

    private bool MapsArguments(ulong root)
    {
        int slot = PageEntry.Slot(_arguments, _is32Bit ? 3 : 4);
        return _xen.Memory.Contains(root) && _xen.Memory.Entries(root)[slot] == _xen.Memory.Entries(_root)[slot];
    }

    private long SetGdt()
    {
        byte[] frames = new byte[2 * _word];
        WriteWord(frames, Frame());
        WriteWord(frames.AsSpan(_word), Frame());
        Put(frames);
        return Call(2, _arguments, _random.Next(4) switch { 0 => 0, 1 => 512, 2 => 1024, _ => (ulong)_random.Next(8000) % 1025 });
    }

    private long SetLdt()
    {
        byte[] op = new byte[3 * _word];
        BinaryPrimitives.WriteUInt32LittleEndian(op, 13);
        WriteWord(op.AsSpan(_word), (_is32Bit ? 0x10_0000UL : 0xffff_ffff_8010_0000) + (_random.Next(16) == 0 ? 8UL : 0));
        WriteWord(op.AsSpan(2 * _word), _random.Next(4) == 0 ? (ulong)_random.Next(9000) : 4096);
        Put(op);
        return Call(26, _arguments, 1, 0, 0x7ff0);
    }

    /// <summary>A selector of the LDT is loaded, of the pages whose mappings change.</summary>
    private long UseLdt() => Implementation.Hypervisor.Descriptors.TryRead(_vcpu, (ushort)((_random.Next(8) << 12) | 7), out _) ? 0 : -1;

    private long Decrease()
    {
        ulong given = _pool[_random.Next(PoolSize)];
        PutReservation(given);
        return Call(12, 1, _arguments);
    }

    private long Increase()
    {
        PutReservation(0);
        long answer = Call(12, 0, _arguments);
        // The new frame takes the place of one that is gone.
        int gone = Array.FindIndex(_pool, f => _xen.Frames[f].Owner != 1);
        Span<byte> given = stackalloc byte[8];
        given.Clear();
        if (answer == 1 && gone >= 0 && _vcpu.TryRead(_arguments + 256, given[.._word])) _pool[gone] = BinaryPrimitives.ReadUInt64LittleEndian(given);
        return answer;
    }

    private void PutReservation(ulong mfn)
    {
        byte[] memory = new byte[264];
        WriteWord(memory, _arguments + 256);
        WriteWord(memory.AsSpan(_word), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(memory.AsSpan((2 * _word) + 8), 0x7ff0);
        WriteWord(memory.AsSpan(256), mfn);
        Put(memory);
    }

    private void Put(ReadOnlySpan<byte> bytes) => Assert.True(_vcpu.TryWrite(_arguments, bytes));

    private void WriteWord(Span<byte> at, ulong value)
    {
        if (_is32Bit) BinaryPrimitives.WriteUInt32LittleEndian(at, (uint)value);
        else BinaryPrimitives.WriteUInt64LittleEndian(at, value);
    }

    private long UpdateDescriptor()
    {
        ulong at = (Frame() << 12) + ((ulong)Slot() * 8), descriptor = Descriptor();
        return _is32Bit ? CallWide(10, [(uint)at, at >> 32], descriptor, []) : Call(10, at, descriptor);
    }

    /// <summary>A call of whose arguments one has 64 bits: a 32-bit guest gives it in two.</summary>
    private long CallWide(ulong number, ulong[] before, ulong wide, ulong[] after)
    {
        ulong[] a = [.. before, .. _is32Bit ? [(uint)wide, wide >> 32] : new[] { wide }, .. after, 0, 0, 0];
        return Table.Invoke(_xen, _vcpu, new(number, a[0], a[1], a[2], a[3], a[4]), inMulticall: false);
    }

    private long Call(ulong number, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0) =>
        Table.Invoke(_xen, _vcpu, new(number, a1, a2, a3, a4, 0), inMulticall: false);

    private int Slot() => _is32Bit ? Slots32[_random.Next(Slots32.Length)] : Slots64[_random.Next(Slots64.Length)];

    /// <summary>A slot of the root in use that does not map the arguments.</summary>
    private int RootSlot() => _is32Bit ? 1 + _random.Next(4) : 300;

    /// <summary>An address whose leaf the guest has a table for, but not the page of the arguments; now and then one that selects the same slots without being canonical.</summary>
    private ulong Address()
    {
        const ulong withoutSign = 0x0000_ffff_ffff_ffff;

        ulong mapped = (_is32Bit ? 0x10_0000UL : 0xffff_ffff_8010_0000) + ((ulong)_random.Next(8) << 12);
        return _random.Next(16) switch
        {
            0 => _is32Bit ? (uint)_random.Next() * 2 : (ulong)_random.NextInt64(),
            1 => mapped & withoutSign,
            _ => mapped,
        };
    }

    /// <summary>A frame of the pool for the most part; else any frame, Xen's and absent ones included.</summary>
    private ulong Frame() => _random.Next(12) switch
    {
        0 => AnyFrame(),
        1 => _xen.Memory.Frames + (ulong)_random.Next(4),
        2 => _xen.Domains[0].SharedInfoMfn,
        _ => _pool[_random.Next(PoolSize)],
    };

    /// <remarks>The page of arguments too, so that a batch overwrites itself; not a table, since the script needs that page mapped.</remarks>
    private ulong AnyFrame()
    {
        if (_random.Next(4) == 0 && _vcpu.Cpu.TryTranslate(_arguments, AccessKind.Read, out ulong address, out _)) return address >> 12;
        ulong mfn = (ulong)_random.Next((int)_xen.Memory.Frames);
        return _xen.Frames[mfn].IsTable ? _pool[0] : mfn;
    }

    /// <summary>An entry: absent, lawful, or with a bit that is not.</summary>
    private ulong Entry(int level)
    {
        if (_random.Next(6) == 0) return 0;
        ulong entry = (Frame() << 12) | 1 | ((ulong)_random.Next(4) << 1) | ((ulong)_random.Next(4) << 5);
        return _random.Next(12) switch
        {
            0 => entry | 1UL << 63,
            1 => entry | 1UL << (9 + _random.Next(3)),
            2 => entry | 1UL << (52 + _random.Next(11)),
            3 => entry | 1UL << (3 + _random.Next(2)),
            4 => entry | 1UL << 7,
            5 when level == 1 => entry | 1UL << 8,
            _ => entry,
        };
    }

    private ulong Descriptor() => _random.Next(3) switch
    {
        0 => (ulong)_random.NextInt64(),
        1 => _is32Bit ? 0x00cf_bb00_0000_ffffUL : 0x00af_fb00_0000_ffff,
        _ => 0,
    };
}
