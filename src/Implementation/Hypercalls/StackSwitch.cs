using Implementation.Hypervisor;

namespace Implementation.Hypercalls;

/// <summary>stack_switch (3): the stack on which the kernel is entered from user mode.</summary>
internal static class StackSwitch
{
    /// <param name="r">A1: selector, of no effect in pv64, lowered to ring 1 at least; A2: stack pointer, checked when it is used; untrusted</param>
    public static long Handle(Xen xen, Vcpu v, in HypercallRegisters r)
    {
        (v.KernelStackSelector, v.KernelStackPointer) = (GuestSelector.Lower(v.Domain, (ushort)r.A1), r.A2);
        return 0;
    }
}
