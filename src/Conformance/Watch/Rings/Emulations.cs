using Conformance.Bridge;
using Implementation.Cpu;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Xen carried out what the processor refused: the instruction must be one that it carries out, and the vCPU one for which it does.</summary>
[Clause("VC-2"), Clause("VC-4")]
internal static class Emulations
{
    private const ulong InterruptFlag = 1 << 9, TaskSwitched = 1 << 3, ClockDisabled = 1 << 2;

    private const int GeneralProtection = 13, PageFault = 14, InvalidOpcode = 6;

    private const uint FsBase = 0xc000_0100, GsBase = 0xc000_0101, OtherGsBase = 0xc000_0102;

    /// <summary>What is owed to the vCPU was carried out, and it goes on at an address.</summary>
    /// <param name="stack">the stack pointer as the guest has it now, which counts if the instruction writes it</param>
    /// <param name="isMasked">the event mask behind the instruction, which may write there</param>
    public static void Explain(VcpuRings r, ulong next, ulong stack, bool isMasked)
    {
        Trip trip = r.Trip;
        ulong at = r.S.Ip[r.V].Value;
        trip.Owed = Owed.Nothing;
        if (trip.Entry == GeneralProtection && r.Is32 && trip.ErrorCode is not (null or 0))
        {
            Gates.Explain(r, (ushort)trip.ErrorCode.Value);
            return;
        }

        if (!IsLawful(r))
        {
            r.Differ(Frames.Name(trip.Entry), "the kernel is entered for it", $"nothing; the vCPU is to go on at 0x{next:x}");
            return;
        }

        // Of a repeated instruction one element is carried out at a time.
        bool goesOn = next == at && (trip.Entry == PageFault || (trip.Entry == GeneralProtection && Instruction(r).CountMask != 0));
        if (!goesOn && unchecked(next - at - 1) >= EmulatedInstruction.Longest) r.Differ("end of the instruction that Xen carried out", $"behind 0x{at:x}", $"0x{next:x}");
        if (!WritesStackPointer(r)) stack = r.S.Sp[r.V].Value;
        r.Take(RingStep.Emulate, r.Steps.Emulate(r.V, next, stack, (r.Cpu.Rflags & InterruptFlag) != 0), next, stack);
        if (trip.Entry == GeneralProtection && Instruction(r).IsString) Leaving.Masks(r, isMasked);
        trip.Flags = (trip.Flags & ~(Resume | Status)) | (r.Cpu.Rflags & Status);
    }

    /// <summary>RF, which ends with the instruction.</summary>
    public const ulong Resume = 1 << 16;

    /// <summary>The flags that an instruction may leave as it likes.</summary>
    private const ulong Status = 0x8d5;

    /// <summary>The kernel was entered for what Xen would have carried out if ports were open to the vCPU: so they must not be.</summary>
    public static void Refused(VcpuRings r)
    {
        if (r.Trip is not { Entry: GeneralProtection, ErrorCode: 0, VirtualFlags: null }) return;
        EmulatedInstruction i = Instruction(r);
        if (i.IsString) return; // Its memory may have been refused.
        bool isOpen = i.Kind is Emulated.Port or Emulated.InterruptFlag && ((r.InKernel && r.World.ShowsIopl) || r.Try(RingStep.UsePorts, r.Steps.UsePorts(r.V)));
        if (isOpen) r.Differ("instruction on ports", "carried out", "refused");
    }

    /// <summary>The kernel was entered for a fault of the memory that INS or OUTS names, so the ports were open.</summary>
    public static bool IsAccessByPorts(VcpuRings r) =>
        r.Trip is { Owed: Owed.Entry, Entry: GeneralProtection } && Instruction(r).IsString && IsLawful(r);

    /// <summary>A facility is switched for a vCPU, and in its processor.</summary>
    public static void Switch(VcpuRings r, int facility, bool on) =>
        r.Take(RingStep.SwitchFacility, r.Steps.SwitchFacility(r.V, r.V, facility, on), (ulong)facility, on ? 1UL : 0);

    private static bool IsLawful(VcpuRings r) => r.Trip.Entry switch
    {
        PageFault => r.Trip.IsStoreEmulated,
        InvalidOpcode => Instruction(r).Kind == Emulated.Cpuid,
        GeneralProtection => Perform(r, Instruction(r)),
        _ => false,
    };

    private static bool WritesStackPointer(VcpuRings r) => Instruction(r) is { Kind: Emulated.ReadRegister, General: (int)Gpr.Rsp };

    private static EmulatedInstruction Instruction(VcpuRings r) =>
        EmulatedInstruction.Of(r.Trip.Code, is64Bit: r.S.Long[r.V], is16Bit: !r.S.Long[r.V] && !r.Read(r.Trip.Selector(SegmentRegister.Cs)).IsBig);

    /// <summary>The steps that the instruction stands for.</summary>
    /// <returns>false: Xen carries out no such thing for the vCPU</returns>
    private static bool Perform(VcpuRings r, in EmulatedInstruction i)
    {
        ulong mask = r.S.Long[r.V] ? ulong.MaxValue : uint.MaxValue;
        switch (i.Kind)
        {
            case Emulated.Port when IsOpen(r, i) || IsOver(r, i):
                return true;
            case Emulated.Port or Emulated.InterruptFlag:
                UsePorts(r);
                return true;
            case Emulated.None or Emulated.Cpuid:
                return false;
            case var _ when !r.InKernel:
                return false;
            case Emulated.Clts:
                Switch(r, RingWorld.Floating, on: true);
                return true;
            case Emulated.WriteControl:
                WriteControl(r, i.Register, r.Trip[(Gpr)i.General] & mask);
                return true;
            case Emulated.WriteDebug:
                RegisterCalls.WriteDebug(r, (uint)i.Register, r.Trip[(Gpr)i.General] & mask, answer: 0);
                return true;
            case Emulated.WriteMsr:
                WriteMsr(r, (uint)r.Trip[Gpr.Rcx], (uint)r.Trip[Gpr.Rax] | (r.Trip[Gpr.Rdx] << 32));
                return true;
            default:
                return true;
        }
    }

    /// <summary>A kernel whose level counts as 0 has every port.</summary>
    [Clause("D-32")]
    private static void UsePorts(VcpuRings r)
    {
        if (r.InKernel && r.World.ShowsIopl) return;
        r.Take(RingStep.UsePorts, r.Steps.UsePorts(r.V));
        r.Take(RingStep.LeavePorts, r.Steps.LeavePorts(r.V));
    }

    /// <summary>The bitmap of the guest's kernel opens the port, whatever the level.</summary>
    [Clause("D-32")]
    private static bool IsOpen(VcpuRings r, in EmulatedInstruction i)
    {
        (ulong linear, uint ports) = r.Trip.Bitmap;
        uint first = i.Port >= 0 ? (uint)i.Port : (ushort)r.Trip[Gpr.Rdx], end = first + (uint)i.Bytes;
        for (uint port = first; port < end; port++)
        {
            if (port >= ports || !r.Vcpu.TryRead(linear + (port / 8), out byte bits) || (bits >> (int)(port % 8) & 1) != 0) return false;
        }

        return true;
    }

    /// <summary>A repetition that has nothing left to do touches no port.</summary>
    private static bool IsOver(VcpuRings r, in EmulatedInstruction i) => i.CountMask != 0 && (r.Trip[Gpr.Rcx] & i.CountMask) == 0;

    private static void WriteControl(VcpuRings r, int register, ulong value)
    {
        if (register == 0) Switch(r, RingWorld.Floating, (value & TaskSwitched) == 0);
        if (register == 4) Switch(r, RingWorld.Clock, (value & ClockDisabled) == 0);
    }

    private static void WriteMsr(VcpuRings r, uint register, ulong value)
    {
        if (register is FsBase or GsBase or OtherGsBase) r.Take(RingStep.SetBase, r.Steps.SetBase(r.V, value), value);
    }
}
