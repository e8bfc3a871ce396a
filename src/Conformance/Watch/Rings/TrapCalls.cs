using System.Buffers.Binary;
using Conformance.Bridge;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>Where a guest's kernel says that it wants to be entered (xen/include/public/arch-x86/xen.h, callback.h, nmi.h).</summary>
[Clause("TR-6"), Clause("TR-7")]
internal static class TrapCalls
{
    private const int Nmi = 2, Breakpoint = 3, Overflow = 4, Linux = 0x80, Vectors = 256;

    private const long Fault = -Abi.EFAULT, Invalid = -Abi.EINVAL, Unknown = -Abi.ENOSYS;

    private const int EntriesAtOnce = 1024;

    /// <summary>Commands of callback_op and nmi_op.</summary>
    private const ulong RegisterCommand = 0, UnregisterCommand = 1;

    /// <summary>The callback that is the handler of vector 2.</summary>
    private const int NmiCallback = 4;

    /// <summary>INT3, INTO and INT 0x80 need no privilege: Xen's own gates for them are open to all.</summary>
    [Clause("TR-9")]
    public static bool IsOpenToAll(int vector) => vector is Breakpoint or Overflow or Linux;

    public static long? SetTrapTable(VcpuRings r, in HypercallRegisters call)
    {
        if (call.A1 == 0)
        {
            for (int n = 0; n < Vectors; n++) Clear(r, n);
            return 0;
        }

        int size = r.Is32 ? 8 : 16;
        Span<byte> raw = stackalloc byte[size];
        for (int i = 0; i < EntriesAtOnce; i++)
        {
            if (!r.Vcpu.TryRead(unchecked(call.A1 + (ulong)(i * size)), raw)) return Fault;
            (int vector, int flags, ushort selector) = (raw[0], raw[1], BinaryPrimitives.ReadUInt16LittleEndian(raw[2..]));
            ulong address = r.Is32 ? BinaryPrimitives.ReadUInt32LittleEndian(raw[4..]) : BinaryPrimitives.ReadUInt64LittleEndian(raw[8..]);
            if (address == 0) return 0;
            if (!Set(r, vector, selector, address, level: flags & 3, masks: (flags & 4) != 0)) return Invalid;
        }

        return 0;
    }

    public static long? SwitchStack(VcpuRings r, in HypercallRegisters call)
    {
        r.Take(RingStep.SetKernelStack, r.Steps.SetKernelStack(r.V, call.A2), call.A2);
        r.Trip.KernelStackSelector = Segments.Raised((ushort)call.A1, r.Is32);
        return 0;
    }

    public static long? SetCallbacks(VcpuRings r, in HypercallRegisters call)
    {
        if (r.Is32)
        {
            Set(r, (int)EntryPoint.Event, (ushort)call.A1, call.A2, level: 0, masks: true);
            Set(r, (int)EntryPoint.Failsafe, (ushort)call.A3, call.A4, level: 0, masks: false);
            return 0;
        }

        Set(r, (int)EntryPoint.Event, 0, call.A1, level: 0, masks: true);
        Set(r, (int)EntryPoint.Failsafe, 0, call.A2, level: 0, masks: false);
        Set(r, (int)EntryPoint.Syscall, 0, call.A3, level: 0, masks: false);
        return 0;
    }

    public static long? CallbackOp(VcpuRings r, in HypercallRegisters call)
    {
        Span<byte> raw = stackalloc byte[r.Is32 ? 12 : 16];
        if (call.A1 is not (RegisterCommand or UnregisterCommand)) return Unknown;
        if (!r.Vcpu.TryRead(call.A2, call.A1 == RegisterCommand ? raw : raw[..4])) return Fault;

        (int type, int flags) = (BinaryPrimitives.ReadUInt16LittleEndian(raw), BinaryPrimitives.ReadUInt16LittleEndian(raw[2..]));
        if (call.A1 == UnregisterCommand) return Unregister(r, type);
        ushort selector = r.Is32 ? BinaryPrimitives.ReadUInt16LittleEndian(raw[4..]) : (ushort)0;
        ulong address = r.Is32 ? BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]) : BinaryPrimitives.ReadUInt64LittleEndian(raw[8..]);
        return Register(r, type, selector, address, masks: (flags & 1) != 0);
    }

    public static long? NmiOp(VcpuRings r, in HypercallRegisters call)
    {
        switch (call.A1)
        {
            case RegisterCommand:
                return !r.Vcpu.TryReadGuestWord(call.A2, out ulong address) ? Fault : RegisterNmi(r, address);
            case UnregisterCommand:
                Clear(r, Nmi);
                return 0;
            default:
                return Unknown;
        }
    }

    private static long Register(VcpuRings r, int type, ushort selector, ulong address, bool masks)
    {
        if (type == NmiCallback) return RegisterNmi(r, address);
        EntryPoint? entry = type switch
        {
            0 => EntryPoint.Event,
            1 => EntryPoint.Failsafe,
            2 when !r.Is32 => EntryPoint.Syscall,
            3 or 5 => EntryPoint.Sysenter,
            7 => EntryPoint.Syscall32,
            _ => null,
        };
        if (r.S.NonCanonical[address]) return Invalid;
        return entry is not { } known ? Unknown : Set(r, (int)known, selector, address, level: 0, masks) ? 0 : Invalid;
    }

    private static long Unregister(VcpuRings r, int type)
    {
        if (type != NmiCallback) return type is 0 or 1 or 2 or 3 or 5 ? Invalid : Unknown;
        Clear(r, Nmi);
        return 0;
    }

    /// <summary>An NMI is entered by the flat code of the kernel, with events masked.</summary>
    private static long RegisterNmi(VcpuRings r, ulong address) => Set(r, Nmi, r.Is32 ? (ushort)0xe019 : Segments.FlatCode64, address, level: 0, masks: true) ? 0 : Invalid;

    /// <summary>Registers an entry. Address 0, and of a 32-bit guest a null selector, is no handler.</summary>
    /// <param name="level">the least privileged level that may raise the vector by INT; 0 and 1 are the kernel's</param>
    /// <returns>false: the model refuses</returns>
    private static bool Set(VcpuRings r, int entry, ushort selector, ulong address, int level, bool masks)
    {
        ushort raised = Segments.Raised(selector, r.Is32);
        bool isNone = r.Is32 ? Segments.IsNull(raised) : address == 0;
        if (isNone)
        {
            Clear(r, entry);
            return true;
        }

        bool toUser = level == 3 || IsOpenToAll(entry), toKernel = level >= 1;
        bool isDone = r.Try(RingStep.SetHandler, r.Steps.SetHandler(r.V, entry, address, toUser, toKernel, masks), (ulong)entry, address);
        if (isDone) r.Trip.SetHandlerCode(entry, raised);
        return isDone;
    }

    private static void Clear(VcpuRings r, int entry)
    {
        if (r.S.Handler.Empty(r.V, entry, null)) return;
        r.Take(RingStep.ClearHandler, r.Steps.ClearHandler(r.V, entry), (ulong)entry);
    }
}
