using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>mmu_update or mmuext_op under way: an array of elements, each read when its turn comes, as Xen reads it.</summary>
internal sealed class Batch
{
    private readonly uint _count;
    private readonly uint _doneBefore;
    private uint _entered;
    private uint _done;
    private long _answer;

    private readonly bool _isTranslated;

    /// <param name="isTranslated">it is a 32-bit guest's mmuext_op, whose elements Xen translates (compat_mmuext_op()) and looks at more closely</param>
    private Batch(Request without, uint count, uint doneBefore, bool isTranslated) =>
        (Without, _count, _doneBefore, _isTranslated) = (without, count, doneBefore, isTranslated);

    /// <summary>The request without any element, of which the model may say what it says of all.</summary>
    public Request Without { get; }

    /// <summary>Whether Xen came to look at an element.</summary>
    public bool HasEntered => _entered > 0;

    /// <summary>The batch that a hypercall is, or null if it is none.</summary>
    public static Batch? Of(Vcpu caller, VcpuId id, in HypercallRegisters r)
    {
        // The end of a continuation of Xen's: nothing is done, the answer is an argument.
        if (r.A1 == 0 && (uint)r.A2 == Abi.Preempted) return null;

        Request? without = r.Number switch
        {
            Abi.MmuUpdate => new MmuUpdate(id, [], (uint)r.A4),
            Abi.MmuExtOp => new MmuExtOp(id, [], (uint)r.A4),
            _ => null,
        };
        bool goesOn = ((uint)r.A2 & Abi.Preempted) != 0 && r.A3 != 0;
        return without is null ? null : new(without, (uint)r.A2 & ~Abi.Preempted, goesOn && caller.TryRead(r.A3, out uint done) ? done : 0, caller.Domain.Is32Bit && without is MmuExtOp);
    }

    /// <summary>An element's turn has come.</summary>
    public void Enter() => _entered++;

    /// <summary>What the model answers to it.</summary>
    public void Answer(long rax)
    {
        _answer = rax;
        if (rax == 0) _done++;
    }

    /// <summary>What the whole call must answer, given what the model says of it without elements.</summary>
    public long Expected(in HypercallRegisters r, Answer without) =>
        HasEntered ? _answer : MayStartAt(r.A1) ? without.Rax : -Abi.EFAULT;

    private bool MayStartAt(ulong linear) => Abi.IsGuests(linear) && !(_isTranslated && linear >= Abi.FirstXenAddress32);

    /// <summary>Elements that must have had their turn when a call without error is over.</summary>
    public (uint Expected, uint Entered) Turns => (_count, _entered);

    /// <summary>The count of elements done, as it must stand where the guest wanted it and as it stands there.</summary>
    /// <returns>false: nobody wanted it, or it cannot have been written there</returns>
    public bool TryReadDone(Vcpu caller, in HypercallRegisters r, out (uint Expected, uint Told) done)
    {
        done = (_doneBefore + _done, 0);
        // Xen ignores that the count cannot be written, or only the beginning of it.
        bool isWritable = r.A3 != 0 && IsWritable(caller, r.A3) && IsWritable(caller, r.A3 + sizeof(uint) - 1);
        return HasEntered && isWritable && caller.TryRead(r.A3, out done.Told);
    }

    private static bool IsWritable(Vcpu caller, ulong linear) => caller.Cpu.TryTranslate(linear, Implementation.Cpu.AccessKind.Write, out _, out _);
}
