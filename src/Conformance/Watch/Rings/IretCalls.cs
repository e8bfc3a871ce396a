using Conformance.Bridge;
using Implementation.Cpu;
using Model;
using Model.Rings;
using Segments = Conformance.Bridge.Segments;

namespace Conformance.Watch.Rings;

/// <summary>The iret hypercall.</summary>
[Clause("TR-14")]
internal static class IretCalls
{
    /// <summary>The flags that there are (SDM Vol. 1, 3.4.3): the others a processor does not keep.</summary>
    private const ulong Kept = 0x3f_7fd5;

    private const ulong InterruptFlag = 1 << 9, Iopl = 3 << 12, Nested = 1 << 14, Virtual8086 = 1 << 17, AlwaysSet = 1 << 1, Resume = 1 << 16;

    /// <summary>As <see cref="RingCalls.Enter"/>; the answer is what the frame has for RAX, which is the guest's business.</summary>
    public static long? Perform(VcpuRings r)
    {
        ushort ss = r.Trip.Selector(SegmentRegister.Ss);
        ulong at = r.S.Sp[r.V].Value;
        bool isRead = IretFrame.TryRead(r.Vcpu, r.Is32 ? (uint)at : at, ss, out IretFrame frame);
        bool hasTables = r.Is32 || frame.ToKernel || r.Vcpu.UserRootMfn != 0;
        r.Trip.IsFast = false;
        if (!isRead || !hasTables || (r.Is32 && frame.Level == 0))
        {
            r.Take(RingStep.CrashAtIret, r.Steps.CrashAtIret(r.V, isRead ? frame.Level : 3, !isRead || !hasTables), at);
            return null;
        }

        if (r.Is32 && (frame.Flags & Virtual8086) != 0) Copy(r);
        if (r.World.ShowsIopl) r.Take(RingStep.SetIopl, r.Steps.SetIopl(r.V, (frame.Flags & Iopl) >> 12));
        bool isFast = frame.IsOfSyscall && !r.S.NonCanonical[frame.Ip];
        if (isFast) frame = Fast(frame);
        else if (IsNarrowCode(r, frame)) frame = frame with { Ip = (uint)frame.Ip };
        r.Take(RingStep.Iret, Go(r, frame), frame.Cs, frame.Ip);
        r.Trip.SetSelector(SegmentRegister.Cs, frame.Cs);
        r.Trip.SetSelector(SegmentRegister.Ss, frame.Ss);
        r.Trip.Flags = (frame.Flags & Kept & ~(Iopl | Virtual8086)) | InterruptFlag | AlwaysSet;
        if (isFast) r.Trip.Flags &= ~Resume;
        r.Trip.IsContextNew = true;
        return null;
    }

    /// <summary>SYSRET takes address and flags of the frame, and neither of its selectors (SDM Vol. 2B, "SYSRET").</summary>
    [Clause("TR-16")]
    private static IretFrame Fast(in IretFrame frame) => frame with
    {
        Ip = frame.NamedCs == Segments.FlatCompatible64 ? (uint)frame.Ip : frame.Ip,
        Cs = frame.NamedCs == Segments.FlatCompatible64 ? Segments.FlatCompatible64 : Segments.FlatCode64,
        Ss = Segments.FlatStack64,
    };

    /// <summary>A 64-bit guest can go on in code of 32 bits, which has 32 bits of an address.</summary>
    private static bool IsNarrowCode(VcpuRings r, in IretFrame frame) =>
        !r.Is32 && r.Read(frame.Cs) is { IsCode: true, IsLong: false } code && (code.Level == 3 || code.IsConforming) && r.Read(frame.Ss) is { IsData: true, Level: 3 };

    /// <summary>Word by word, from the lowest.</summary>
    [Clause("TR-18")]
    private static void Copy(VcpuRings r)
    {
        ulong first = r.S.Sp[r.V].Value, last = first + IretFrame.VirtualBytes - sizeof(uint);
        r.Take(RingStep.BeginCopy, r.Steps.BeginCopy(r.V), first);
        for (ulong a = first; a < last; a += sizeof(uint)) r.Take(RingStep.CopyWord, r.Steps.CopyWord(r.V, a, a + sizeof(uint)), a);
        r.Take(RingStep.EndCopy, r.Steps.EndCopy(r.V, last), last);
    }

    private static Model.Domains.Concrete.Truth Go(VcpuRings r, in IretFrame frame)
    {
        bool isVirtual = r.Is32 && (frame.Flags & Virtual8086) != 0;
        int position = Segments.Position(frame.Cs);
        if (r.Read(frame.Cs) is { IsConforming: true } code && code.Level <= frame.Level) r.World.Conform(r.V, position, frame.Level);
        if (isVirtual) (r.Trip.Owed, r.Trip.Entry, r.Trip.ErrorCode, r.Trip.VirtualFlags) = (Owed.Entry, 13, 0, frame.Flags);
        return r.Steps.Iret(
            r.V, position, frame.Level, frame.Level, frame.Ip, frame.Sp, frame.ToKernel, (frame.Flags & InterruptFlag) != 0, (frame.Flags & Iopl) != 0,
            (frame.Flags & Nested) != 0, (frame.Flags & Virtual8086) != 0);
    }
}
