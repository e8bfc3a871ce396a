using Implementation.Cpu;

namespace Implementation.Hypervisor;

/// <summary>The registers of one hypercall, as the entry point found them.</summary>
/// <param name="Number">RAX: the hypercall number (xen/include/public/xen.h)</param>
public readonly record struct HypercallRegisters(ulong Number, ulong A1, ulong A2, ulong A3, ulong A4, ulong A5);

/// <summary>Watches the boundary between guest and hypervisor. Every call is made on the thread that runs the guest.</summary>
/// <remarks>
/// An observer that has seen enough calls <see cref="Xen.Stop"/>; it never throws through the hypervisor. Between an
/// "-ing" call and its "-ed" call no guest instruction runs. Calls inside a multicall are reported one by one, each
/// between the multicall's own pair.
/// </remarks>
public interface IHypervisorObserver
{
    /// <summary>A domain is built and its first instruction has not run.</summary>
    void DomainBuilt(Domain domain);

    /// <summary>Before a hypercall touches anything: its arguments can still be read from guest memory.</summary>
    void HypercallEntering(Vcpu caller, in HypercallRegisters call);

    /// <summary>After a hypercall, with what it answers in RAX.</summary>
    void HypercallLeft(Vcpu caller, in HypercallRegisters call, long answer);

    /// <summary>Before an element of mmu_update or mmuext_op is read, between the call's own pair.</summary>
    /// <param name="caller">the vCPU that trapped</param>
    /// <param name="call">the whole call</param>
    /// <param name="address">where the guest keeps the element; an earlier one may have changed or unmapped it</param>
    void ElementEntering(Vcpu caller, in HypercallRegisters call, ulong address);

    /// <summary>After it, with what it answered; -EFAULT if it could not be read.</summary>
    void ElementLeft(Vcpu caller, in HypercallRegisters call, long answer);

    /// <summary>The request whose turn it is has stopped between two entries of a table, and other vCPUs may make requests.</summary>
    void RequestPaused();

    /// <summary>It is about to go on.</summary>
    void RequestResuming();

    /// <summary>Before a guest's store to a read-only mapped L1 table is emulated (writable page tables).</summary>
    void EntryEmulating(Vcpu caller, ulong tableMfn, int slot, ulong newValue);

    /// <summary>After it, with whether the entry was accepted; if not, the guest gets the page fault.</summary>
    void EntryEmulated(Vcpu caller, ulong tableMfn, int slot, ulong newValue, bool accepted);

    /// <summary>Before a page of a vCPU's LDT, used for the first time, is audited and held.</summary>
    /// <remarks>Also between the calls of a hypercall that loads a selector.</remarks>
    void LdtPageMapping(Vcpu vcpu, int page, ulong mfn);

    /// <summary>After it, with whether it is; if not, the guest gets a page fault, or what it asked for is refused.</summary>
    void LdtPageMapped(Vcpu vcpu, int page, ulong mfn, bool accepted);

    /// <summary>Before a kernel's MOV to CR3 is emulated.</summary>
    /// <param name="caller">the vCPU that trapped</param>
    /// <param name="mfn">the root that it names; untrusted</param>
    void RootEmulating(Vcpu caller, ulong mfn);

    /// <summary>After it: 0, or the errno for which the guest gets #GP.</summary>
    void RootEmulated(Vcpu caller, ulong mfn, long answer);

    /// <summary>A processor cached a translation for the domain.</summary>
    void TranslationCached(Vcpu vcpu, ulong rootMfn, ulong linear, ulong mfn, bool writable);

    /// <summary>The vCPU now runs on its kernel or its user root (guest mode switch, pv64).</summary>
    void ModeSwitched(Vcpu vcpu, bool toKernel);

    /// <summary>The processor has left guest code. Nothing has been done about it: the registers are as the guest made them.</summary>
    /// <param name="vcpu">whose code it was</param>
    /// <param name="exit">what for; <see cref="ExitReason.Budget"/> is a timer of Xen's own</param>
    void GuestLeft(Vcpu vcpu, in CpuExit exit);

    /// <summary>A frame was made for a guest's kernel, and the vCPU is to go on in its handler.</summary>
    /// <param name="vcpu">its registers are those that the handler finds</param>
    /// <param name="entry">what for</param>
    /// <param name="bottom">the stack pointer that the handler finds, which is the frame's lowest address</param>
    void FramePushed(Vcpu vcpu, EntryPoint entry, ulong bottom);

    /// <summary>The registers of a vCPU were set from outside: by vcpu_op(VCPUOP_initialise), or by whoever plays the toolstack.</summary>
    void ContextSet(Vcpu vcpu);

    /// <summary>The processor is about to go on with guest code. Nothing more is done for the vCPU.</summary>
    void GuestResuming(Vcpu vcpu);

    /// <summary>The frame's owner, type, counts, flags or (for a page table) contents changed.</summary>
    void FrameTouched(ulong mfn);

    /// <summary>The domain ended: shut down by itself, or crashed for <paramref name="reason"/>.</summary>
    void DomainEnded(Domain domain, string reason);
}
