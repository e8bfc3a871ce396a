using Implementation.Hypervisor;
using Model;

namespace Conformance.Bridge;

/// <summary>A hypercall as the model understands it.</summary>
/// <param name="Request">what is asked of the model</param>
/// <param name="DoneBefore">of memory_op: what an earlier part of the call, which says that it goes on, has done</param>
/// <param name="Order">of memory_op: an element of the call is this power of two of the request's</param>
internal readonly record struct Decoded(Request Request, ulong DoneBefore = 0, int Order = 0)
{
    /// <summary>Whether the model has a say in the call.</summary>
    public bool ConcernsMemory => Request is not NonMemory;

    /// <summary>What was done of a call that goes on later with other arguments.</summary>
    /// <param name="call">its arguments</param>
    /// <param name="rest">the arguments of what is left</param>
    public Decoded UpTo(in HypercallRegisters call, in HypercallRegisters rest) => Request switch
    {
        DecreaseReservation d => this with
        {
            Request = d with { Frames = [.. d.Frames.Take((int)((rest.A1 - call.A1) >> Abi.MemoryOpBits) << Order)] },
        },
        _ => this,
    };

    /// <summary>The answer that the model's answer stands for.</summary>
    public long Expected(Answer model) => Request switch
    {
        DecreaseReservation when model.IsSuccess => (long)DoneBefore + (model.Rax >> Order),
        _ => model.Rax,
    };
}
