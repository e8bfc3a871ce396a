using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>INS and OUTS, an element at a time; a repeated one faults for its next element.</summary>
/// <remarks>Facts: rep_ins() and rep_outs(), xen/arch/x86/pv/emul-priv-op.c.</remarks>
internal static class PortStrings
{
    private const uint WriteBit = 1 << 1;

    public static bool IsOne(in Instruction instruction) => IsInput(instruction)
        || instruction.Mnemonic is Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd;

    /// <summary>Carries out one element, or reflects the fault of its memory.</summary>
    /// <returns>false: the guest gets the #GP</returns>
    public static bool TryEmulate(Vcpu vcpu, in Instruction instruction)
    {
        // A count of 0 needs no privilege.
        if (IsRepeated(instruction) && Count(vcpu, instruction) == 0)
        {
            PrivilegedInstructions.Complete(vcpu, instruction.Length);
            return true;
        }

        bool isInput = IsInput(instruction);
        int width = instruction.MemorySize.GetSize();
        if (!PortIo.MayAccess(vcpu, (ushort)vcpu.Cpu[Gpr.Rdx], width) || !TryReach(vcpu, instruction, width, out ulong linear)) return false;

        ulong? fault = isInput ? Input(vcpu, linear, width) : Output(vcpu, linear, width);
        if (fault is { } address)
        {
            TrapEntry.InjectPageFault(vcpu, address, isInput ? WriteBit : 0);
            return true;
        }

        Advance(vcpu, instruction, width);
        bool isOver = !IsRepeated(instruction) || Count(vcpu, instruction) == 0;
        PrivilegedInstructions.Complete(vcpu, isOver ? instruction.Length : 0);
        return true;
    }

    private static bool IsInput(in Instruction instruction) => instruction.Mnemonic is Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd;

    private static bool IsRepeated(in Instruction instruction) => instruction.HasRepPrefix || instruction.HasRepnePrefix;

    private static ulong Count(Vcpu vcpu, in Instruction instruction) => Get(vcpu, Register.RCX, AddressMask(instruction));

    /// <summary>Reads the port in DX to memory.</summary>
    /// <returns>the first address that cannot be written</returns>
    private static ulong? Input(Vcpu vcpu, ulong linear, int width)
    {
        byte[] element = BitConverter.GetBytes(PortIo.Read(vcpu, (ushort)vcpu.Cpu[Gpr.Rdx], width));
        for (int i = 0; i < width; i++)
        {
            if (!vcpu.TryWrite(linear + (ulong)i, element[i])) return linear + (ulong)i;
        }

        return null;
    }

    /// <summary>Writes memory to the port in DX.</summary>
    /// <returns>the first address that cannot be read</returns>
    private static ulong? Output(Vcpu vcpu, ulong linear, int width)
    {
        byte[] element = new byte[sizeof(uint)];
        for (int i = 0; i < width; i++)
        {
            if (!vcpu.TryRead(linear + (ulong)i, out element[i])) return linear + (ulong)i;
        }

        PortIo.Write(vcpu, (ushort)vcpu.Cpu[Gpr.Rdx], width, BitConverter.ToUInt32(element));
        return null;
    }

    /// <summary>The element's linear address, if its segment allows the access.</summary>
    private static bool TryReach(Vcpu vcpu, in Instruction instruction, int width, out ulong linear)
    {
        bool isInput = IsInput(instruction);
        int operand = isInput ? 0 : 1;
        linear = instruction.GetVirtualAddress(operand, 0, (register, _, _) => Value(vcpu, register));
        if (PrivilegedInstructions.CodeBits(vcpu) == 64) return Layout.IsCanonical(linear);

        linear = (uint)linear;
        Descriptor d = Descriptors.Read(vcpu, Selector(vcpu, isInput ? Register.ES : instruction.MemorySegment));
        bool isAllowed = isInput ? d.IsWritableData : d.IsReadable;
        return d.IsPresent && isAllowed && Get(vcpu, Pointer(instruction), AddressMask(instruction)) + (ulong)width - 1 <= d.Limit;
    }

    private static Register Pointer(in Instruction instruction) => IsInput(instruction) ? Register.RDI : Register.RSI;

    /// <summary>A register's value, or a segment's base, as addresses are made of them.</summary>
    internal static ulong Value(Vcpu vcpu, Register register)
    {
        bool isFlat = PrivilegedInstructions.CodeBits(vcpu) == 64;
        return register switch
        {
            Register.FS when isFlat => vcpu.Cpu.FsBase,
            Register.GS when isFlat => vcpu.Cpu.GsBase,
            _ when register.IsSegmentRegister() => isFlat ? 0 : Descriptors.Read(vcpu, Selector(vcpu, register)).Base,
            _ => Get(vcpu, register, register.GetSize() switch { 2 => ushort.MaxValue, 4 => uint.MaxValue, _ => ulong.MaxValue }),
        };
    }

    private static ushort Selector(Vcpu vcpu, Register segment) => vcpu.Cpu.GetSelector((SegmentRegister)(segment - Register.ES));

    private static ulong AddressMask(in Instruction instruction) => (instruction.Op0Kind, instruction.Op1Kind) switch
    {
        (OpKind.MemoryESDI, _) or (_, OpKind.MemorySegSI) => ushort.MaxValue,
        (OpKind.MemoryESEDI, _) or (_, OpKind.MemorySegESI) => uint.MaxValue,
        _ => ulong.MaxValue,
    };

    private static ulong Get(Vcpu vcpu, Register register, ulong mask) => vcpu.Cpu[General(register)] & mask;

    /// <summary>Moves the pointer on, and counts.</summary>
    private static void Advance(Vcpu vcpu, in Instruction instruction, int width)
    {
        bool isDown = (vcpu.Cpu.Rflags & RflagsBits.Direction) != 0;
        Add(vcpu, Pointer(instruction), isDown ? -width : width, AddressMask(instruction));
        if (IsRepeated(instruction)) Add(vcpu, Register.RCX, -1, AddressMask(instruction));
    }

    /// <summary>A 16-bit register leaves the others' bits alone; a 32-bit one clears the upper half.</summary>
    private static void Add(Vcpu vcpu, Register register, int change, ulong mask)
    {
        ulong old = vcpu.Cpu[General(register)];
        ulong value = unchecked(old + (ulong)(long)change) & mask;
        vcpu.Cpu[General(register)] = mask == ushort.MaxValue ? old & ~mask | value : value;
    }

    private static Gpr General(Register register) => (Gpr)(register.GetFullRegister() - Register.RAX);
}
