using Iced.Intel;
using Implementation.Cpu;
using Implementation.Memory;

namespace Implementation.Tests.Cpu;

/// <summary>
/// A small machine for one test: a processor at CPL 3, page tables in frames 1.., and room for code, data and a stack.
/// </summary>
internal sealed class Machine : IProcessorBus, IDisposable
{
    public const ulong Code = 0x40_0000, Data = 0x60_0000, Stack = 0x80_0000;
    public const ulong Present = 1, Write = 2, User = 4, Accessed = 0x20, Dirty = 0x40, Large = 0x80, NoExecute = 1UL << 63;
    public const ushort UserCode = 0xE033, UserData = 0xE02B;

    private ulong _nextFrame = 1;

    public Machine(ulong frames = 256)
    {
        Memory = new(frames);
        Root = AllocateFrame();
        Cpu = new(Memory, this) { Cr3 = Root << 12, Rflags = 0x202, Rip = Code };
        Cpu[Gpr.Rsp] = Stack + 0x2000;
        Cpu.SetSelector(SegmentRegister.Cs, UserCode);
        Cpu.SetSelector(SegmentRegister.Ss, UserData);
    }

    public PhysicalMemory Memory { get; }

    public Processor Cpu { get; }

    public ulong Root { get; }

    public Dictionary<ushort, ulong> Descriptors { get; } = new()
    {
        [UserCode & 0xFFFC] = 0x00AF_FB00_0000_FFFF,
        [UserData & 0xFFFC] = 0x00CF_F300_0000_FFFF,
    };

    /// <summary>What the task segment would say: CPL to the stack of that ring.</summary>
    public Dictionary<int, (ushort Ss, uint Esp)> RingStacks { get; } = [];

    public List<(ulong Linear, ulong Mfn, bool Writable)> Fills { get; } = [];

    public uint Leaf1Ecx { get; set; }

    public ulong AllocateFrame() => _nextFrame++;

    /// <summary>Maps one new frame and answers its number.</summary>
    public ulong Map(ulong linear, ulong flags = Present | Write | User)
    {
        ulong mfn = AllocateFrame();
        MapTo(linear, mfn, flags);
        return mfn;
    }

    /// <summary>Maps a frame; tables on the way allow everything.</summary>
    public void MapTo(ulong linear, ulong mfn, ulong flags = Present | Write | User) => Entry(linear, 1) = mfn << 12 | flags;

    /// <summary>
    /// The entry that translates <paramref name="linear"/> at a level, with the tables above it made as needed.
    /// </summary>
    public ref ulong Entry(ulong linear, int level)
    {
        ulong table = Root;
        for (int l = 4; l > level; l--)
        {
            ref ulong entry = ref Memory.Entries(table)[(int)(linear >> (12 + 9 * (l - 1)) & 511)];
            if ((entry & Present) == 0) entry = AllocateFrame() << 12 | Present | Write | User;
            table = entry >> 12 & 0xFF_FFFF_FFFF;
        }

        return ref Memory.Entries(table)[(int)(linear >> (12 + 9 * (level - 1)) & 511)];
    }

    /// <summary>Maps code, data and stack: one page of code, two pages each of data and stack.</summary>
    public Machine WithPages(byte[] code)
    {
        ulong mfn = Map(Code);
        code.CopyTo(Memory.Frame(mfn));
        Map(Data);
        Map(Data + 0x1000);
        Map(Stack);
        Map(Stack + 0x1000);
        return this;
    }

    public static Machine With(Action<Assembler> write) => new Machine().WithPages(Assemble(write));

    public static byte[] Assemble(Action<Assembler> write, ulong at = Code)
    {
        Assembler a = new(64);
        write(a);
        using MemoryStream stream = new();
        a.Assemble(new StreamCodeWriter(stream), at);
        return stream.ToArray();
    }

    /// <summary>The frame that a linear address reaches.</summary>
    public ulong MfnOf(ulong linear)
    {
        Assert.True(Cpu.TryTranslate(linear, AccessKind.Read, out ulong address, out _));
        return address >> 12;
    }

    public ulong Read(ulong linear)
    {
        ulong value = 0;
        for (int i = 7; i >= 0; i--)
        {
            Assert.True(Cpu.TryTranslate(linear + (ulong)i, AccessKind.Read, out ulong address, out _));
            value = value << 8 | Memory.Frame(address >> 12)[(int)(address & 4095)];
        }

        return value;
    }

    public void Put(ulong linear, ulong value)
    {
        for (int i = 0; i < 8; i++)
        {
            Assert.True(Cpu.TryTranslate(linear + (ulong)i, AccessKind.Read, out ulong address, out _));
            Memory.Frame(address >> 12)[(int)(address & 4095)] = (byte)(value >> (8 * i));
            Memory.Written(address >> 12);
        }
    }

    /// <summary>Everything architectural, for comparisons.</summary>
    public string Describe() =>
        string.Join(' ', Enum.GetValues<Gpr>().Select(r => $"{r}={Cpu[r]:x}"))
        + ' ' + string.Join(' ', Enum.GetValues<SegmentRegister>().Select(s => $"{s}={Cpu.GetSelector(s):x}")) + $" cpl={Cpu.Cpl}"
        + $" rip={Cpu.Rip:x} flags={Cpu.Rflags:x} cr2={Cpu.Cr2:x} fs={Cpu.FsBase:x} gs={Cpu.GsBase:x} retired={Cpu.Retired}"
        + $" memory={Digest():x}";

    public CpuidLeaf Cpuid(uint leaf, uint subleaf) => new(leaf, 0x1234, leaf == 1 ? Leaf1Ecx : 0, subleaf);

    public bool TryReadDescriptor(ushort selector, out ulong descriptor) =>
        Descriptors.TryGetValue((ushort)(selector & ~3), out descriptor);

    public bool TryReadRingStack(int cpl, out ushort ss, out uint esp)
    {
        bool known = RingStacks.TryGetValue(cpl, out (ushort Ss, uint Esp) stack);
        (ss, esp) = stack;
        return known;
    }

    public void TranslationCached(ulong root, ulong linear, ulong mfn, bool writable) => Fills.Add((linear, mfn, writable));

    public void Dispose()
    {
        Cpu.Dispose();
        Memory.Dispose();
    }

    private ulong Digest()
    {
        ulong hash = 14695981039346656037;
        for (ulong mfn = 0; mfn < _nextFrame; mfn++)
        {
            foreach (ulong word in Memory.Entries(mfn)) hash = (hash ^ word) * 1099511628211;
        }

        return hash;
    }
}
