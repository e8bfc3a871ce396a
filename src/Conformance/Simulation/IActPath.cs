using Conformance.Campaigns;
using Conformance.Scripts;
using Implementation.Hypervisor;

namespace Conformance.Simulation;

/// <summary>Carries acts out on the hypervisor.</summary>
internal interface IActPath
{
    /// <summary>Requests carried out: hypercalls, members of multicalls, accesses, instructions.</summary>
    ulong Requests { get; }

    /// <summary>Carries out an act that no rule leaves out.</summary>
    StepResult Execute(Vcpu vcpu, Act act);
}

/// <summary>Carries out what takes guest code: instructions, INT n, and the ways between kernel and user mode.</summary>
internal interface IInstructions
{
    /// <param name="first">what the act's first operand stands for, if it has one</param>
    /// <param name="second">and its second</param>
    StepResult Execute(Vcpu vcpu, Act act, ulong first, ulong second);

    /// <summary>Before an act: a vCPU that waits is woken, and an event that is due is delivered.</summary>
    void Prepare(Vcpu vcpu);

    /// <summary>After a hypercall: a kernel that named other entry points names its own again; then as <see cref="Prepare"/>.</summary>
    void Settle(Vcpu vcpu, Recipe recipe);
}
