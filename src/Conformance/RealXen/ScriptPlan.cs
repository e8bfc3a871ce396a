using Conformance.Campaigns;
using Conformance.Scripts;

namespace Conformance.RealXen;

/// <summary>An act that real Xen is to carry out.</summary>
/// <param name="Step">its place in the script</param>
/// <param name="Expected">what the simulator and the model say it comes to</param>
/// <param name="Members">of a multicall: what its members answer</param>
/// <param name="IsCompared">it is determined</param>
/// <param name="Adopts">the indices of frames, as bits, that frames which it is given take over</param>
/// <param name="Moved">if it is given some: the indices of all frames that it had given back</param>
/// <param name="Unrooted">the indices of frames that ceased to be roots: Xen's entries in them are cleared (D-13)</param>
/// <param name="Claim">the clause that decided the model's answer</param>
internal sealed record PlannedAct(
    Act Act, int Step, StepResult Expected, IReadOnlyList<long> Members, bool IsCompared, ushort Adopts, ushort Moved, ushort Unrooted, string Claim);

/// <summary>What real Xen is to do of a script, and what must come of it.</summary>
/// <param name="Steps">what each act of the script came to on the simulator, those left out included</param>
/// <param name="Acts">those that are not left out</param>
/// <param name="Roots">frames of the pool, as bits, that may have been roots: Xen's slots in them are not looked at</param>
/// <param name="State">the state at the end</param>
internal sealed record ScriptPlan(
    Script Script, IReadOnlyList<StepResult> Steps, IReadOnlyList<PlannedAct> Acts, ushort Roots, ExpectedState State, Failure? Failure)
{
    /// <summary>The model expects that the domain ends.</summary>
    public bool ExpectsCrash => Acts.Count > 0 && Acts[^1].Expected.Kind == StepKind.Crashed;

    /// <summary>The script changes more than memory, so that more has to be set back after it.</summary>
    public bool Resets => Acts.Any(a => a.Act.Operation is not (Operation.Read or Operation.Write or Operation.MmuUpdate or Operation.MmuExtOp or Operation.UpdateVaMapping));

    /// <summary>QEMU is not to be trusted with the script.</summary>
    public bool NeedsBochs => Acts.Any(a => a.Act.Row.Means is Means.Instruction or Means.Interrupt or Means.Return || a.Act.Operation == Operation.SetSegmentBase);

    /// <summary>What the guest says in one word if all is as it must be.</summary>
    public ulong Hash
    {
        get
        {
            ulong hash = 0;
            foreach (PlannedAct act in Acts.Where(a => a.IsCompared))
            {
                hash = ExpectedState.Mix(ExpectedState.Mix(hash, (ulong)act.Expected.Kind), (ulong)act.Expected.Value);
                foreach (long member in act.Members) hash = ExpectedState.Mix(hash, (ulong)member);
            }

            return State.AddTo(hash);
        }
    }
}
