using Model.Domains;
using Model.Domains.Concrete;
using Model.Rings.Faults;

namespace Checking.Rings;

/// <summary>The small worlds that are explored: their sizes, what never changes in them, and how their vCPUs are built.</summary>
internal static class RingWorld
{
    /// <summary>
    /// Addresses: one of the guest's, one of the guest's from which frames grow down into Xen's, one of Xen's, and one that is not
    /// canonical. Frames of the iret hypercall grow up: what begins at the first has a word at the second too.
    /// </summary>
    public const int Plain = 0, AboveXen = 1, Xens = 2, Odd = 3;

    /// <summary>Positions: Xen's own code, which is 64-bit code of level 0; the code that Xen lends the guest's kernel; the guest's.</summary>
    public const int XensCode = 0, LentCode = 1, FirstOfGuest = 2;

    /// <summary>Vectors: an exception that strikes whatever the flags are, and the event callback.</summary>
    public const int Exception = 0, Event = 1;

    /// <summary>The machine of a scope, its vCPUs built and not started.</summary>
    public static RingMachine Build(RingScope scope, RingFault? fault)
    {
        RingMachine machine = new(Sizes(scope), fault);
        ConcreteRings s = machine.State;
        s.XensAddress.Assign(true, true, Xens);
        s.NonCanonical.Assign(true, true, Odd);
        foreach (int a in (int[])[Plain, Xens, Odd]) s.FrameEnd.Assign(true, true, a, a);
        s.FrameEnd.Assign(true, true, AboveXen, Xens);
        foreach (int a in (int[])[Plain, AboveXen]) s.FrameWord.Assign(true, true, a, a);
        s.FrameWord.Assign(true, true, Plain, AboveXen);
        s.Next.Assign(true, true, Plain, AboveXen);
        s.XensPosition.Assign(true, true, XensCode);
        s.XensPosition.Assign(true, true, LentCode);
        s.Unmaskable.Assign(true, true, Exception);
        s.OwnStack.Assign(true, true, Exception);
        if (machine.Size(Sort.Vector) > Event) s.IsEvent.Assign(true, true, Event);
        for (int v = 0; v < machine.Size(Sort.Vcpu); v++) Build(s, v, scope.Kind == GuestKind.Pv32);
        return machine;
    }

    private static Dictionary<Sort, int> Sizes(RingScope scope)
    {
        int vcpus = scope.Part == RingPart.Registers ? 2 : 1;
        return new()
        {
            [Sort.Vcpu] = vcpus,
            [Sort.Domain] = vcpus + 1,
            [Sort.Processor] = 1,
            [Sort.Slot] = scope.Part == RingPart.Segments ? FirstOfGuest + 1 : FirstOfGuest,
            [Sort.Vector] = scope.Part == RingPart.Traps ? 2 : 1,
            [Sort.Address] = 4,
            [Sort.Facility] = 1,
        };
    }

    private static void Build(ConcreteRings s, int v, bool is32)
    {
        int kernel = is32 ? 1 : 3;
        int home = v + 1; // Domain 0 is nobody's guest.
        s.Home.Assign(true, v, home);
        s.Is32.Assign(true, is32, home);
        s.IsCode.Assign(true, true, v, XensCode);
        s.IsLong.Assign(true, true, v, XensCode);
        s.Dpl.Assign(true, true, v, XensCode, 0);
        s.IsCode.Assign(true, true, v, LentCode);
        s.IsLong.Assign(true, !is32, v, LentCode);
        s.Dpl.Assign(true, true, v, LentCode, kernel);
        s.Cpl.Assign(true, v, kernel);
        s.Code.Assign(true, true, v, LentCode);
        s.InXen.Assign(true, true, v);
        s.InKernel.Assign(true, true, v);
        s.OnKernelRoot.Assign(true, true, v);
        s.Interruptible.Assign(true, true, v);
    }
}
