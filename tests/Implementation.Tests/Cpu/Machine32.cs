using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Tests.Cpu;

/// <summary>Makes of a <see cref="Machine"/> one that runs 32-bit code in compatibility mode, as a 32-bit guest does.</summary>
internal static class Machine32
{
    public const ushort KernelCode = 0xE019, KernelData = 0xE021, UserCode = 0xE02B, UserData = 0xE033;

    /// <summary>Flat 32-bit segments for CPL 1 and 3, as Xen's table has them, and the code running in one pair.</summary>
    public static Machine With(Action<Assembler> write, int cpl = 1) => With(Assemble(write), cpl);

    public static Machine With(byte[] code, int cpl = 1)
    {
        Machine m = new Machine().WithPages(code);
        m.Descriptors[KernelCode & 0xFFFC] = 0x00CF_BA00_0000_FFFF;
        m.Descriptors[KernelData & 0xFFFC] = 0x00CF_B200_0000_FFFF;
        m.Descriptors[UserCode & 0xFFFC] = 0x00CF_FA00_0000_FFFF;
        m.Descriptors[UserData & 0xFFFC] = 0x00CF_F200_0000_FFFF;
        m.Cpu.Cpl = cpl;
        m.Cpu.SetSelector(SegmentRegister.Cs, cpl == 3 ? UserCode : KernelCode);
        foreach (SegmentRegister data in (SegmentRegister[])[SegmentRegister.Ss, SegmentRegister.Ds, SegmentRegister.Es])
            m.Cpu.SetSelector(data, cpl == 3 ? UserData : KernelData);
        return m;
    }

    /// <summary>Clears EFER.LMA: the same pages under a PAE root of four entries.</summary>
    public static void LeaveLongMode(Machine m)
    {
        ulong root = m.AllocateFrame();
        ulong upper = m.Entry(0, 4) >> 12 & 0xFF_FFFF_FFFF;
        for (int i = 0; i < 4; i++) m.Memory.Entries(root)[i] = m.Memory.Entries(upper)[i] & ~(Machine.Write | Machine.User | Machine.Accessed);
        m.Cpu.Efer = 0x800; // NXE
        m.Cpu.Cr3 = root << 12;
    }

    public static byte[] Assemble(Action<Assembler> write, int bitness = 32, ulong at = Machine.Code)
    {
        Assembler a = new(bitness);
        write(a);
        using MemoryStream stream = new();
        a.Assemble(new StreamCodeWriter(stream), at);
        return stream.ToArray();
    }
}
