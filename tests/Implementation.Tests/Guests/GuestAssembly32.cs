using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace Implementation.Tests.Guests;

/// <summary>What a 32-bit test kernel needs to say.</summary>
internal static class GuestAssembly32
{
    private const uint Arguments = (uint)TestGuest.Data + 0xf00;

    /// <summary>Makes a hypercall; its answer is in EAX.</summary>
    public static void Hypercall32(this Assembler asm, uint number, uint a1 = 0, uint a2 = 0, uint a3 = 0, uint a4 = 0, uint a5 = 0)
    {
        asm.mov(ebx, a1);
        asm.mov(ecx, a2);
        asm.mov(edx, a3);
        asm.mov(esi, a4);
        asm.mov(edi, a5);
        asm.mov(eax, number);
        asm.@int(0x82);
    }

    /// <summary>Puts into EAX an address that leads to a label. There is no LEA of a label in 32-bit code.</summary>
    public static void LoadAddress32(this Assembler asm, Label label)
    {
        Label over = asm.CreateLabel();
        asm.call(over);
        asm.jmp(label);
        asm.Label(ref over);
        asm.pop(eax);
    }

    /// <summary>Stores a register to the data page.</summary>
    public static void Save32(this Assembler asm, AssemblerRegister32 register, uint offset) =>
        asm.mov(__dword_ptr[(uint)TestGuest.Data + offset], register);

    public static void Store32(this Assembler asm, ulong linear, uint value) => asm.mov(__dword_ptr[(uint)linear], value);

    public static void PowerOff32(this Assembler asm)
    {
        asm.Store32(Arguments, 0);
        asm.Hypercall32(29, 2, Arguments);
    }

    /// <summary>Registers one trap handler.</summary>
    /// <param name="flags">DPL in bits 0-1, "mask events" in bit 2</param>
    public static void SetTrap32(this Assembler asm, byte vector, Label handler, byte flags = 0)
    {
        asm.Store32(TestGuest.TrapTable, vector | ((uint)flags << 8) | (0xe019u << 16));
        asm.LoadAddress32(handler);
        asm.mov(__dword_ptr[(uint)TestGuest.TrapTable + 4], eax);
        asm.Store32(TestGuest.TrapTable + 12, 0);
        asm.Hypercall32(0, (uint)TestGuest.TrapTable);
    }

    /// <summary>Registers a callback by callback_op.</summary>
    public static void SetCallback32(this Assembler asm, ushort type, Label handler, ushort flags = 0)
    {
        asm.Store32(TestGuest.TrapTable, type | ((uint)flags << 16));
        asm.Store32(TestGuest.TrapTable + 4, 0xe019);
        asm.LoadAddress32(handler);
        asm.mov(__dword_ptr[(uint)TestGuest.TrapTable + 8], eax);
        asm.Hypercall32(30, 0, (uint)TestGuest.TrapTable);
    }

    /// <summary>At the start of a handler: copies the frame's words to the data page.</summary>
    public static void SaveFrame32(this Assembler asm, uint offset, int words)
    {
        for (int i = 0; i < words; i++)
        {
            asm.mov(eax, __dword_ptr[esp + (i * 4)]);
            asm.Save32(eax, offset + ((uint)i * 4));
        }
    }

    /// <summary>Lets applications use a page: its leaf gets US.</summary>
    public static void Open32(this TestGuest guest, ulong linear)
    {
        ulong leaf = guest.Xen.PageTables.ReadLeaf(guest.Vcpu, linear) | Hypervisor.Pte.User;
        Assert.Equal(0, guest.Call(14, linear, (uint)leaf, leaf >> 32, 2));
    }
}
