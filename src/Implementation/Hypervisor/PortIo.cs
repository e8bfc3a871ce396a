using Iced.Intel;
using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>IN and OUT of a domain without hardware: every port reads as ones and swallows what is written.</summary>
internal static class PortIo
{
    private const ushort PciAddressPort = 0xcf8;

    /// <summary>Whether the vCPU's I/O privilege suffices for its mode; a pv64 kernel counts as ring 1.</summary>
    public static bool HasIopl(Vcpu vcpu)
    {
        int ring = !vcpu.InKernelMode ? 3 : vcpu.Domain.Assists.HasFlag(VmAssist.ArchitecturalIopl) ? 0 : 1;
        return vcpu.Iopl >= ring;
    }

    /// <summary>One IN or OUT.</summary>
    public static bool TryExecute(Vcpu vcpu, in Instruction instruction)
    {
        bool isIn = instruction.Mnemonic == Mnemonic.In;
        int portOperand = isIn ? 1 : 0;
        ushort port = instruction.GetOpKind(portOperand) == OpKind.Immediate8
            ? instruction.Immediate8
            : (ushort)vcpu.Cpu[Gpr.Rdx];
        int width = instruction.GetOpRegister(1 - portOperand).GetSize();
        if (!MayAccess(vcpu, port, width)) return false;

        if (isIn) SetAccumulator(vcpu.Cpu, width, Read(vcpu, port, width));
        else Write(vcpu, port, width, (uint)vcpu.Cpu[Gpr.Rax]);
        return true;
    }

    /// <summary>Whether the vCPU may access as many ports, by its I/O privilege or by its bitmap.</summary>
    internal static bool MayAccess(Vcpu vcpu, ushort port, int width) => HasIopl(vcpu) || IsPermitted(vcpu, port, width);

    internal static uint Read(Vcpu vcpu, ushort port, int width) =>
        port == PciAddressPort && width == sizeof(uint) ? vcpu.Domain.PciAddress : uint.MaxValue;

    internal static void Write(Vcpu vcpu, ushort port, int width, uint value)
    {
        if (port == PciAddressPort && width == sizeof(uint)) vcpu.Domain.PciAddress = value;
    }

    /// <summary>Looks a port up in the guest's I/O bitmap, which lies in guest memory; a set bit forbids.</summary>
    private static bool IsPermitted(Vcpu vcpu, ushort port, int width)
    {
        (ulong linear, uint ports) = vcpu.IoBitmap;
        if ((uint)port + (uint)width > ports) return false;

        for (uint p = port; p < (uint)port + (uint)width; p++)
        {
            if (!vcpu.TryRead(linear + p / 8, out byte bits) || (bits >> (int)(p % 8) & 1) != 0) return false;
        }

        return true;
    }

    private static void SetAccumulator(Processor cpu, int width, uint value) => cpu[Gpr.Rax] = width switch
    {
        1 => cpu[Gpr.Rax] & ~0xffUL | (byte)value,
        2 => cpu[Gpr.Rax] & ~0xffffUL | (ushort)value,
        _ => value,
    };
}
