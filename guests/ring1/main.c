/* A 32-bit kernel in ring 1: goes through what differs from a 64-bit guest and prints what it saw. */
#include "ring1.h"

static void check_start(void)
{
    uint32_t flags, cs, ss;
    __asm__("pushfl; pop %0; mov %%cs, %1; mov %%ss, %2" : "=r"(flags), "=r"(cs), "=r"(ss));
    print("magic: %s\n", info->magic);
    print("cs %x, ss %x, eflags.if %d, eflags.iopl %d\n", cs, ss, flags >> 9 & 1, flags >> 12 & 3);
    print("events masked: %d, clock version: %d\n", shared_info->vcpu_info[0].evtchn_upcall_mask, shared_info->wc_version);

    struct xen_machphys_mapping mapping;
    print("machphys_mapping: %d\n", HYPERCALL(memory_op, XENMEM_machphys_mapping, &mapping, 0, 0));
    print("m2p from %x to %x, max_mfn %x\n", mapping.v_start, mapping.v_end, mapping.max_mfn);
    bool agrees = true;
    for (uint32_t pfn = 0; pfn < info->nr_pages; pfn++)
        agrees = agrees && ((const uint32_t *)mapping.v_start)[pfn_to_mfn(pfn)] == pfn;
    print("m2p and p2m agree: %d\n", agrees);
    TRY("movl $0, %0", : "=m"(*(uint32_t *)MACH2PHYS_VIRT_START) :);
    report("store to the m2p");
}

static void check_traps(void)
{
    TRY("ud2", : :);
    report("ud2");
    TRY("int3", : :);
    report("int3");
    TRY("int $0x20", : :);
    report("int 0x20");
    TRY("hlt", : :);
    report("hlt");
    TRY("cli", : :);
    report("cli");
    TRY("movl 0x1000, %%eax", : :);
    report("load of address 0x1000");
    print("its cr2: %x\n", shared_info->vcpu_info[0].cr2);
    TRY("xor %%edx, %%edx; xor %%ecx, %%ecx; div %%ecx", : :);
    report("division by zero");

    uint32_t iopl = 1;
    print("set_iopl: %d\n", HYPERCALL(physdev_op, PHYSDEVOP_set_iopl, &iopl, 0, 0));
    TRY("cli", : :);
    report("cli with it");
    print("events masked: %d\n", shared_info->vcpu_info[0].evtchn_upcall_mask);
}

static void check_events(void)
{
    struct {
        uint32_t vcpu, port;
    } bind = { 0, 0 };
    print("bind_ipi: %d\n", HYPERCALL(event_channel_op, EVTCHNOP_bind_ipi, &bind, 0, 0));
    shared_info->vcpu_info[0].evtchn_upcall_mask = 1;
    HYPERCALL(event_channel_op, EVTCHNOP_send, &bind.port, 0, 0);
    print("while masked: %d\n", events);
    shared_info->vcpu_info[0].evtchn_upcall_mask = 0;
    HYPERCALL(xen_version, 0, 0, 0, 0);
    print("then: %d, masked again: %d\n", events, shared_info->vcpu_info[0].evtchn_upcall_mask);
}

static void check_calls(void)
{
    struct multicall_entry calls[2] = {
        { __HYPERVISOR_set_segment_base, 0, { 0 } },
        { __HYPERVISOR_xen_version, 0, { 0 } },
    };
    print("multicall: %d, ", HYPERCALL(multicall, calls, 2, 0, 0));
    print("set_segment_base %d, xen_version %x\n", calls[0].result, calls[1].result);
    print("unknown: %d\n", hypercall(60, 0, 0, 0, 0, 0));
}

/* Called by entry.S on the guest's own stack. */
__attribute__((noreturn)) void start(const struct start_info *start_info)
{
    info = start_info;
    setup();
    check_start();
    check_traps();
    check_events();
    check_calls();
    check_tables();
    check_segments();
    check_user();

    uint32_t reason = SHUTDOWN_poweroff;
    HYPERCALL(sched_op, SCHEDOP_shutdown, &reason, 0, 0);
    __builtin_unreachable();
}
