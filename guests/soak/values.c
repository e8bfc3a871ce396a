#include "soak.h"

/* What pointers point to. */
static uint64_t words[512] __attribute__((aligned(4096)));

word any_address(void)
{
    switch (below(32)) {
    case 0: return LOW + below(512 * PAGE_SIZE);
    case 1: return (word)arena[below(ARENA)] + below(512) * 8;
    case 2: return (word)gdt[below(GDT_PAGES)] + below(512) * 8;
    case 3: return ((word)below(4) + (L2_FREE_AT - 2)) << 21 | below(4) << 12 | below(512) * 8; /* below the free slots of the L2 */
    case 4: return ((word)below(2) + L3_FREE_AT) << 30 | below(4) << 21 | below(4) << 12 | below(512) * 8;
#ifndef __i386__
    case 5: return (word)L4_FREE_AT << 39 | below(4) << 30 | below(4) << 21 | below(4) << 12 | below(512) * 8;
#endif
    case 6: return MACH2PHYS_VIRT_START + below(4096) * 8;
    case 7: return low(CODE_AT) + below(CODE_PAGES * PAGE_SIZE / 64) * 64;
    default: return low(DATA_AT) + below((DATA_PAGES + USER_STACK_PAGES) * PAGE_SIZE - 256) + 64;
    }
}

uint64_t any_value(void)
{
    switch (below(20)) {
    case 0: return next_random();
    case 1: return any_frame();
    case 2: return entry_for(any_frame(), below(4096));
    case 3: return entry_for(any_frame(), (next_random() & 0x8000000000000fe0) | PTE_P);
    case 4: return entry_for(arena_mfn[below(ARENA)], PTE_P | PTE_US | (next_random() & PTE_RW));
    case 5: return entry_for(arena_mfn[below(ARENA)], below(512) * 8);
    case 6: return entry_for(own_root_mfn, below(512) * 8);
    case 7: return arena_mfn[below(ARENA)];
    case 8: return DOMID_SELF;
    case 9: return -(uint64_t)below(4);
    case 10: return 1ull << below(64);
    case 11: return below(64);
    case 12: return any_selector();
    case 13: return next_random() >> 32;
    case 14: return next_random() >> 48;
    case 15: return any_address();
    default: return below(16);
    }
}

/* A pointer to words that make sense to some call, mostly. */
static word pointer(void)
{
    word *start = (word *)words + below(500);
    for (unsigned i = 0; i < 12; i++) start[i] = below(3) ? any_value() : below(4) << 16 | below(16);
    if (below(4) == 0) *start = (word)&words[below(500)];
    return (word)start + (below(8) ? 0 : below(8));
}

void random_hypercall(void)
{
    /* Calls that end the guest or take its handlers away are made too, but rarely, or nothing else would be seen. */
    static const uint8_t quiet[] = { 1, 2, 3, 5, 8, 9, 10, 12, 13, 14, 17, 20, 21, 22, 24, 25, 26, 32, 33, 1, 14, 26, 12, 32 };
    word number = below(100) ? quiet[below(sizeof quiet)] : below(200) ? 34 + below(30) : below(64);
    word a[5];
    for (unsigned i = 0; i < 5; i++) a[i] = below(3) ? (word)any_value() : pointer();
    if (number == __HYPERVISOR_mmu_update || number == __HYPERVISOR_multicall || number == __HYPERVISOR_mmuext_op) {
        a[0] = below(20) ? pointer() : a[0];
        a[1] = below(20) ? below(4) : a[1];
        a[2] = below(4) ? 0 : a[2];
        a[3] = below(10) ? DOMID_SELF : a[3];
    } else if (number == __HYPERVISOR_memory_op || number == __HYPERVISOR_grant_table_op || number == __HYPERVISOR_event_channel_op
               || number == __HYPERVISOR_physdev_op || number == __HYPERVISOR_vcpu_op) {
        a[0] = below(20) ? below(14) : a[0];
        a[1] = number == __HYPERVISOR_vcpu_op ? below(3) : below(20) ? pointer() : a[1];
        a[2] = number == __HYPERVISOR_grant_table_op ? below(3) : pointer();
    } else if (number == __HYPERVISOR_update_va_mapping && below(200)) {
        a[0] = low(ANYTHING_AT + below(512 - ANYTHING_AT)); /* Elsewhere it would soon take the guest's own code or stack away. */
    } else if (number == __HYPERVISOR_stack_switch && below(200)) {
        return;
    }
    hypercall(number, a[0], a[1], a[2], a[3], a[4]);
}
