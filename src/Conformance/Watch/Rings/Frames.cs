using Conformance.Bridge;
using Implementation.Cpu;
using Implementation.Hypervisor;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>A bounce frame was made: it must be for what came to pass, and its words must say where the guest was.</summary>
[Clause("TR-10")]
internal static class Frames
{
    private const ulong InterruptFlag = 1 << 9, Iopl = 3 << 12, Direction = 1 << 10;

    /// <summary>What the processor clears as it goes through a gate (SDM Vol. 3A, 6.12.1.2): TF, NT, RF, VM, AC.</summary>
    private const ulong Cleared = (1 << 8) | (1 << 14) | (1 << 16) | (1 << 17) | (1 << 18);

    private const ulong Trap = 1 << 8;

    private const int Debug = 1, DeviceNotAvailable = 7, InvalidTaskSegment = 10, SegmentNotPresent = 11, StackFault = 12, GeneralProtection = 13, PageFault = 14;

    public static void Explain(VcpuRings r, EntryPoint entry, ulong bottom)
    {
        int n = (int)entry;
        bool isInner = r.InKernel;
        bool hasCode = HasErrorCode(r, n);
        int count = BounceLayout.Words(r.Is32, n, isInner, hasCode) + (r.Trip.VirtualFlags is null ? 0 : BounceLayout.DataSelectors);
        Span<ulong> words = stackalloc ulong[BounceLayout.Most];
        words = words[..count];
        ushort stackSelector = !r.Is32 ? Segments.FlatStack64 : isInner ? r.Trip.Selector(SegmentRegister.Ss) : r.Trip.KernelStackSelector;
        if (!r.Vcpu.TryReadGuestWords(r.Linear(stackSelector, bottom), words))
        {
            r.Differ("bounce frame", "in the guest's memory", $"not readable at 0x{bottom:x}");
            return;
        }

        BounceLayout frame = BounceLayout.Of(words, r.Is32, n, hasCode);
        ulong size = (ulong)(count * r.Vcpu.Domain.WordSize());
        // A frame without a stack pointer lies where that pointed.
        Justify(r, n, frame, interrupted: frame.Sp ?? (uint)(bottom + size));
        // The stack may lie where the event mask is: then one writes over the other.
        bool coversMask = IsAtMask(r, r.Linear(stackSelector, bottom)) || IsAtMask(r, r.Linear(stackSelector, bottom + size - 1));
        if (!coversMask) Compare(r, n, frame, isInner);
        r.Same("size of the frame", size, Size(r, isInner, bottom));
        Deliver(r, n, bottom);
        r.Trip.SetSelector(SegmentRegister.Ss, stackSelector);
        if (coversMask) Leaving.Masks(r, r.Vcpu.Info.UpcallMask);
    }

    /// <summary>The address is of the page that has the event mask.</summary>
    private static bool IsAtMask(VcpuRings r, ulong linear) =>
        r.Cpu.TryTranslate(linear, AccessKind.Read, out ulong machine, out _) && machine >> 12 == r.Vcpu.Info.Mfn;

    /// <summary>INT leaves none, whatever its vector.</summary>
    public static bool HasErrorCode(VcpuRings r, int entry) => BounceLayout.HasErrorCode(entry) && !r.S.BySoftware[r.V];

    /// <summary>The frame may be for this: it is owed, or what came of what was owed, or an event, or the vCPU cannot go on as it is.</summary>
    /// <param name="interrupted">the stack pointer of what was interrupted</param>
    private static void Justify(VcpuRings r, int n, in BounceLayout frame, ulong interrupted)
    {
        Trip trip = r.Trip;
        bool wasMasked = (frame.Cs >> BounceLayout.MaskBit(r.Is32) & 1) != 0;
        if (trip.Owed == Owed.Entry && n == trip.Entry)
        {
            trip.Owed = Owed.Nothing;
            Emulations.Refused(r);
        }
        else if (n == (int)EntryPoint.Event || (IsOfReturn(n) && trip.IsContextNew))
        {
            // An instruction that Xen carried out is over, and the event comes before the next one.
            if (trip.Owed == Owed.Entry) Emulations.Explain(r, frame.Rip, interrupted, wasMasked);
            trip.ErrorCode = null;
        }
        else if (n == Debug && trip.Owed == Owed.Entry && (trip.Flags & Trap) != 0)
        {
            // An instruction that Xen carried out is over, and TF says to stop after each.
            Emulations.Explain(r, frame.Rip, interrupted, wasMasked);
        }
        else if (n == PageFault && Emulations.IsAccessByPorts(r))
        {
            (trip.Owed, trip.ErrorCode) = (Owed.Nothing, null);
        }
        else if (r.Is32 && trip is { Owed: Owed.Entry, Entry: GeneralProtection } && n is >= InvalidTaskSegment and <= GeneralProtection)
        {
            (trip.Owed, trip.ErrorCode) = (Owed.Nothing, null); // A gate that Xen looked at, and refused in the processor's stead.
        }
        else
        {
            r.Differ("what the kernel is entered for", trip.Owed == Owed.Entry ? Name(trip.Entry) : "nothing", Name(n));
        }
    }

    /// <summary>The kernel may be entered for it because Xen could not return to the guest as it was to go on.</summary>
    [Clause("TR-15")]
    public static bool IsOfReturn(int entry) => entry is SegmentNotPresent or StackFault or GeneralProtection or PageFault or (int)EntryPoint.Failsafe;

    private static void Compare(VcpuRings r, int n, in BounceLayout frame, bool isInner)
    {
        r.Ledger.Frames++;
        WatchedRings s = r.S;
        ulong mask = 1UL << BounceLayout.MaskBit(r.Is32);
        bool isMasked = s.Masked[r.V];
        ulong cs = r.Trip.Selector(SegmentRegister.Cs);
        if (!r.Is32 && isInner) cs &= ~3UL;
        r.Same("rip in the frame", s.Ip[r.V].Value, frame.Rip);
        if (r.Trip.VirtualFlags is null) r.Same("cs in the frame", cs | (isMasked ? mask : 0), frame.Cs);
        r.Same("flags in the frame", SavedFlags(r, isMasked), frame.Flags);
        if (frame.Sp is { } sp) r.Same("rsp in the frame", s.Sp[r.V].Value, sp);
        if (frame.Ss is { } ss) r.Same("ss in the frame", r.Trip.Selector(SegmentRegister.Ss), r.Trip.VirtualFlags is null ? ss : (ushort)ss);
        if (frame.ErrorCode is { } code && r.Trip.ErrorCode is { } expected) r.Same("error code in the frame", expected, code);
        for (int i = 0; i < frame.Data.Length; i++) r.Same($"{VcpuRings.Data[i]} in the frame", r.Cpu.GetSelector(VcpuRings.Data[i]), frame.Data[i]);
        if (r.Is32) return;

        r.Same("rcx in the frame", r.Cpu[Gpr.Rcx], frame.Rcx);
        r.Same("r11 in the frame", r.Cpu[Gpr.R11], frame.R11);
    }

    /// <summary>IF is the virtual one; IOPL is shown to a guest that asked for an architectural one.</summary>
    private static ulong SavedFlags(VcpuRings r, bool isMasked)
    {
        if (r.Trip.VirtualFlags is { } asked) return asked;
        ulong flags = r.Trip.Flags & ~(InterruptFlag | Iopl);
        if (!isMasked) flags |= InterruptFlag;
        if (r.World.ShowsIopl) flags |= r.S.Iopl[r.V].Value << 12;
        return flags;
    }

    /// <summary>Of a 64-bit guest's frame the beginning is rounded down to sixteen bytes, as the processor does.</summary>
    private static ulong Size(VcpuRings r, bool isInner, ulong bottom)
    {
        ulong top = isInner ? r.S.Sp[r.V].Value : r.S.KernelStack[r.V].Value;
        return r.Is32 ? (uint)(top - bottom) : unchecked((top & ~0xfUL) - bottom);
    }

    private static void Deliver(VcpuRings r, int n, ulong bottom)
    {
        if (r.S.Raised.Empty(r.V, null)) r.Take(RingStep.Reflect, r.Steps.Reflect(r.V, n), (ulong)n);
        bool isException = !r.S.BySoftware[r.V];
        ulong stack = r.InKernel ? r.S.Sp[r.V].Value : r.S.KernelStack[r.V].Value;
        ushort code = r.Is32 ? r.Trip.HandlerCode(n) : Segments.FlatCode64;
        r.Take(RingStep.Deliver, r.Steps.Deliver(r.V, n, r.Cpu.Rip, Segments.Position(code), stack, bottom), (ulong)n, r.Cpu.Rip);
        r.Trip.SetSelector(SegmentRegister.Cs, code);
        r.Trip.Flags &= ~Cleared;
        if (n is (int)EntryPoint.Syscall or (int)EntryPoint.Syscall32) r.Trip.Flags &= ~Direction;
        if (n == DeviceNotAvailable && isException) Emulations.Switch(r, RingWorld.Floating, on: true);
        (r.Trip.IsFast, r.Trip.VirtualFlags) = (false, null);
    }

    internal static string Name(int entry) => entry < 256 ? $"vector {entry}" : ((EntryPoint)entry).ToString();
}
