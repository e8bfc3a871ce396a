using Implementation.Cpu;
using Implementation.Hypervisor;

namespace SoakBench;

/// <summary>Looks at a guest after a random number of instructions, so that shares of looks are shares of instructions.</summary>
internal sealed class Looks(Domain domain, ulong seed)
{
    /// <summary>Looks in a row at one place, after which nothing interrupts it any more.</summary>
    private const int Patience = 12;

    /// <summary>Layout of guests/soak/soak.h and of the guests' images.</summary>
    private const ulong Low = 0x400000, Span16 = 0x10000, CodeEnd = Low + (16 << 12), Image32 = 0xc0000000, Image64 = 0xffffffff80000000;

    private readonly Random _random = new(unchecked((int)seed));
    private readonly ulong[] _at = new ulong[Enum.GetValues<Place>().Length];
    private ulong _last;
    private int _inARow;

    public ReadOnlySpan<ulong> At => _at;

    /// <summary>Whether the guest goes round in a small circle for good.</summary>
    public bool IsStuck => _inARow >= Patience;

    /// <summary>Instructions until the next look.</summary>
    public ulong Next() => 2000 + (ulong)_random.Next(6000);

    /// <summary>Code at low addresses is in 16-bit segments, whose base is where code lies.</summary>
    public static ulong Linear(ulong rip) => rip < Span16 ? rip + Low : rip;

    public void Look()
    {
        Processor cpu = domain.Vcpus[0].Cpu;
        ulong at = Linear(cpu.Rip);
        bool isSame = at >> 6 == _last >> 6;
        _inARow = isSame && !IsOwn(at) ? _inARow + 1 : 0;
        _last = at;
        _at[(int)Where(cpu, at, isSame)]++;
    }

    private Place Where(Processor cpu, ulong at, bool isSame)
    {
        if (IsOwn(at)) return Place.Own;
        if (at is < Low or >= CodeEnd) return Place.Elsewhere;
        if (IsRepetition(cpu, at)) return Place.Repetition;
        return isSame ? Place.Loop : Place.RandomCode;
    }

    private bool IsOwn(ulong at) => at >= (domain.Is32Bit ? Image32 : Image64);

    private bool IsRepetition(Processor cpu, ulong at)
    {
        bool isRepeated = false;
        for (int i = 0; i < 4; i++)
        {
            if (!cpu.TryTranslate(at + (ulong)i, AccessKind.Execute, out ulong machine, out _)) return false;
            byte code = (byte)(domain.Xen.Memory.Entries(machine >> 12)[(int)(machine & 0xfff) >> 3] >> (int)(machine & 7) * 8);
            switch (code)
            {
                case 0xf2 or 0xf3: isRepeated = true; break;
                case >= 0xa4 and <= 0xa7 or >= 0xaa and <= 0xaf or >= 0x6c and <= 0x6f: return isRepeated;
                case 0x66 or 0x67 or >= 0x40 and <= 0x4f or 0x2e or 0x26 or 0x36 or 0x3e or 0x64 or 0x65: break;
                default: return false;
            }
        }

        return false;
    }
}
