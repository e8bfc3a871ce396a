using System.Buffers.Binary;
using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Hypercalls about what of a processor is one vCPU's: floating point, segment bases, ports, debug registers.</summary>
[Clause("VC-3"), Clause("VC-5"), Clause("VC-6"), Clause("VC-8")]
internal static class RegisterCalls
{
    private const long Fault = -Abi.EFAULT, Invalid = -Abi.EINVAL, Unknown = -Abi.ENOSYS;

    /// <summary>SEGBASE_GS_USER_SEL (xen/include/public/arch-x86/xen-x86_64.h).</summary>
    private const uint UserSelector = 3;

    public static long? SwitchFloating(VcpuRings r, in HypercallRegisters call)
    {
        Emulations.Switch(r, RingWorld.Floating, on: (int)call.A1 == 0);
        return 0;
    }

    public static long? SetSegmentBase(VcpuRings r, in HypercallRegisters call)
    {
        uint which = (uint)call.A1;
        if (r.Is32) return Unknown;
        if (which > UserSelector) return Invalid;
        return which == UserSelector || r.Try(RingStep.SetBase, r.Steps.SetBase(r.V, call.A2), call.A2) ? 0 : Invalid;
    }

    /// <summary>What set_segment_base did with a selector: a page of the LDT that it lies in may have been mapped for it.</summary>
    public static void SetUserSelector(VcpuRings r, in HypercallRegisters call)
    {
        if (!r.Is32 && (uint)call.A1 == UserSelector) LoadUserGs(r, (ushort)call.A2);
    }

    public static long? PhysdevOp(VcpuRings r, in HypercallRegisters call)
    {
        const uint setIopl = 6, setBitmap = 7;

        return (uint)call.A1 switch
        {
            setIopl => SetIopl(r, call.A2),
            setBitmap => SetBitmap(r, call.A2),
            _ => Unknown,
        };
    }

    /// <summary>A write to a debug register, by hypercall or by an instruction that Xen carried out.</summary>
    /// <param name="register">4 and 5 are names of 6 and 7</param>
    /// <param name="answer">of the hypervisor: what DR7 may say, and which registers there are, is not this model's to judge</param>
    public static void WriteDebug(VcpuRings r, uint register, ulong value, long answer)
    {
        const uint status = 6, oldStatus = 4;

        if (register < r.Trip.Debug.Length)
        {
            bool isDone = r.Try(RingStep.SetBreakpoint, r.Steps.SetBreakpoint(r.V, r.V, value), value);
            r.Same("answer to a breakpoint", isDone, answer == 0);
            if (isDone) Replace(r, register, value);
        }
        else if (register is status or oldStatus && answer == 0)
        {
            r.Take(RingStep.SetStatus, r.Steps.SetStatus(r.V, value != 0), value);
        }
    }

    private static void Replace(VcpuRings r, uint register, ulong value)
    {
        ulong was = r.Trip.Debug[register];
        r.Trip.Debug[register] = value;
        if (!r.Trip.Debug.AsSpan().Contains(was)) r.Take(RingStep.ClearBreakpoint, r.Steps.ClearBreakpoint(r.V, r.V, was), was);
    }

    private static long SetIopl(VcpuRings r, ulong argument)
    {
        Span<byte> raw = stackalloc byte[sizeof(uint)];
        if (!r.Vcpu.TryRead(argument, raw)) return Fault;
        uint level = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        if (level > 3) return Invalid;

        r.Take(RingStep.SetIopl, r.Steps.SetIopl(r.V, (ulong)level), level);
        return 0;
    }

    private static long? SetBitmap(VcpuRings r, ulong argument)
    {
        const uint allPorts = 65536;

        Span<byte> raw = stackalloc byte[2 * r.Vcpu.Domain.WordSize()];
        if (!r.Vcpu.TryRead(argument, raw)) return Fault;
        ulong linear = GuestWords.GuestWord(raw, 0, r.Vcpu.Domain.WordSize());
        uint ports = BinaryPrimitives.ReadUInt32LittleEndian(raw[r.Vcpu.Domain.WordSize()..]);
        bool isSound = ports <= allPorts && Abi.IsGuests(linear) && Abi.IsGuests(linear + (Math.Max(ports, 1) - 1) / 8);
        if (!isSound) return Invalid;

        r.Trip.Bitmap = (linear, ports);
        return 0;
    }

    /// <summary>Xen loads GS for the guest's programs: with the selector if they could load it themselves, else with none.</summary>
    private static void LoadUserGs(VcpuRings r, ushort selector)
    {
        DescriptorFacts d = r.Read(selector);
        bool isLoadable = !Segments.IsNull(selector) && (d.IsData || d.IsReadableCode) && d.Level == 3;
        r.Trip.SetSelector(SegmentRegister.Gs, isLoadable || Segments.IsNull(selector) ? selector : (ushort)0);
        if (isLoadable) Selectors.Load(r, selector);
        Selectors.Drop(r);
    }
}
