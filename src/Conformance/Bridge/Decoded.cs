using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>A hypercall as the model understands it.</summary>
/// <param name="Request">what is asked of the model</param>
/// <param name="FaultsAfter">the elements beyond those in the request cannot be read: Xen answers -EFAULT when it gets there</param>
/// <param name="DoneAt">where the guest wants the count of elements done; 0 for nowhere</param>
/// <param name="DoneBefore">what an earlier part of the call, which says that it goes on, has done</param>
/// <param name="Order">of memory_op: an element of the call is this power of two of the request's</param>
internal readonly record struct Decoded(Request? Request, bool FaultsAfter = false, ulong DoneAt = 0, ulong DoneBefore = 0, int Order = 0)
{
    /// <summary>Whether the model has a say in the call.</summary>
    public bool ConcernsMemory => Request is not (null or NonMemory);

    /// <summary>What was done of a call that goes on later with other arguments.</summary>
    /// <param name="call">its arguments</param>
    /// <param name="rest">the arguments of what is left</param>
    public Decoded UpTo(in HypercallRegisters call, in HypercallRegisters rest)
    {
        int done = (int)((uint)call.A2 & ~Abi.Preempted) - (int)((uint)rest.A2 & ~Abi.Preempted);
        return Request switch
        {
            MmuUpdate u => this with { Request = u with { Updates = [.. u.Updates.Take(done)] }, FaultsAfter = false },
            MmuExtOp o => this with { Request = o with { Ops = [.. o.Ops.Take(done)] }, FaultsAfter = false },
            DecreaseReservation d => this with
            {
                Request = d with { Frames = [.. d.Frames.Take((int)((rest.A1 - call.A1) >> Abi.MemoryOpBits) << Order)] },
            },
            _ => this,
        };
    }

    /// <summary>The part that was done of a batch whose own elements took the rest of the array out of the guest's reach.</summary>
    public Decoded UpToFault(Vcpu caller, in HypercallRegisters call)
    {
        if (FaultsAfter) return this;
        ulong at = call.A1;
        return Request switch
        {
            MmuUpdate u => this with { Request = u with { Updates = [.. u.Updates.Take(Done(u.Updates.Count, Abi.MmuUpdateSize))] }, FaultsAfter = true },
            MmuExtOp o => this with { Request = o with { Ops = [.. o.Ops.Take(Done(o.Ops.Count, Abi.MmuExtOpSize))] }, FaultsAfter = true },
            _ => this,
        };

        // The first element could be read when the call began; after it, what cannot be read now was not read then.
        int Done(int count, int size)
        {
            int done = 1;
            Span<byte> element = stackalloc byte[size];
            while (done < count && caller.TryRead(at + ((ulong)done * (ulong)size), element)) done++;
            return done;
        }
    }

    /// <summary>The answer that the model's answer stands for.</summary>
    public long Expected(Answer model) => Request switch
    {
        DecreaseReservation when model.IsSuccess => (long)DoneBefore + (model.Rax >> Order),
        _ when FaultsAfter && model.IsSuccess => -Abi.EFAULT,
        _ => model.Rax,
    };
}
