#include "soak.h"

uint8_t *user_code;

static uint8_t kernel_stack[16384] __attribute__((aligned(16)));
static uint64_t user_root;

static uint64_t table_frame(void *page)
{
    remap(page, PTE_READONLY);
    return frame_number(page);
}

void make_user_space(void)
{
    uint64_t *l1 = page_alloc(), *l2 = page_alloc(), *l3 = page_alloc(), *l4 = page_alloc();
    uint64_t flags = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;

    user_code = page_alloc();
    l1[slot_of(USER_CODE, 1)] = pte(frame_number(user_code), flags);
    l1[slot_of(USER_STACK, 1)] = pte(frame_number(page_alloc()), flags);
    l1[slot_of(USER_STACK, 1) + 1] = pte(frame_number(page_alloc()), flags);
    l2[slot_of(USER_CODE, 2)] = pte(table_frame(l1), PTE_TABLE);
    l3[slot_of(USER_CODE, 3)] = pte(table_frame(l2), PTE_TABLE);
    l4[slot_of(USER_CODE, 4)] = pte(table_frame(l3), PTE_TABLE);

    user_root = table_frame(l4);
    mmuext_op(MMUEXT_PIN_L4_TABLE, user_root);
}

void restore_entry(void)
{
    traps_init();
    mmuext_op(MMUEXT_NEW_USER_BASEPTR, user_root);
    HYPERCALL(stack_switch, FLAT_RING3_SS64, kernel_stack + sizeof kernel_stack, 0, 0);
}

uint64_t system_time(void)
{
    const volatile struct vcpu_time_info *time = &shared_info->vcpu_info[0].time;
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    uint64_t ticks = ((uint64_t)high << 32 | low) - time->tsc_timestamp;
    ticks = time->tsc_shift < 0 ? ticks >> (-time->tsc_shift & 63) : ticks << (time->tsc_shift & 63);
    return time->system_time + (uint64_t)((unsigned __int128)ticks * time->tsc_to_system_mul >> 32);
}
